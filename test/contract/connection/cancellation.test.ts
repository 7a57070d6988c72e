import { describeCancellation } from './cancellation';
import { axiosTransport } from '../support/transports';

describeCancellation('axios', axiosTransport);
