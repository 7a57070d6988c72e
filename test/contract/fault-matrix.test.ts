import { describeFaultMatrix } from './fault-matrix';
import { checkFaultTable } from './fault-table';
import { axiosTransport } from './transports';

describeFaultMatrix('axios', axiosTransport, checkFaultTable);
