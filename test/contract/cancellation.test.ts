import { describeCancellation } from './cancellation';
import { axiosTransport } from './transports';

describeCancellation('axios', axiosTransport);
