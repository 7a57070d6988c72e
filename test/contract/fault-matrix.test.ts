import { describeFaultMatrix } from './fault-matrix';
import { checkFaultTable } from './fault-table';
import { describeSummaryMatrix, type ObservedFile } from './summary-rows';
import { axiosTransport } from './transports';

const files: ObservedFile[] = [];
describeSummaryMatrix(files);
describeFaultMatrix('axios', axiosTransport, (observed) => checkFaultTable(observed, files));
