import { describeFaultMatrix } from '../../../contract/faults/fault-matrix';
import { n8nTransport } from './real-helper';

// The same rows as over axios, over the code that n8n itself sends requests with.
describeFaultMatrix("n8n's request helper", n8nTransport);
