import { describeFaultMatrix } from './fault-matrix';
import { checkFaultPage } from './fault-table';
import { describeSummaryMatrix } from './summary-rows';
import { axiosTransport } from '../support/transports';

describeSummaryMatrix();
describeFaultMatrix('axios', axiosTransport);
it('is summarized by the page in docs', checkFaultPage);
