import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** What a mail was, as its reader sees it. */
export interface Mail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  attachments: Array<{ name: string; type: string; content: Buffer }>;
}

/** A mail server that keeps what it receives. It wants a login, as most do. */
export class MailServer {
  static readonly USER = 'workflows';
  static readonly PASSWORD = 'only-for-tests';

  readonly mails: Mail[] = [];
  /** While it is set, no mail is taken. */
  refuses = false;
  private round = 0;

  private constructor(private readonly server: SMTPServer) {}

  static async start(): Promise<MailServer> {
    const server: SMTPServer = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth({ username, password }, _session, done) {
        const isRight = username === MailServer.USER && password === MailServer.PASSWORD;
        done(isRight ? null : new Error('Wrong login.'), { user: username });
      },
      onMailFrom: (_address, _session, done) =>
        done(mailServer.refuses ? new Error('No mail today.') : null),
      onData(stream, { envelope }, done) {
        const to = envelope.rcptTo.map(({ address }) => address);
        simpleParser(stream).then((parsed) => {
          if (to.includes(mailServer.address)) mailServer.mails.push(readMail(parsed, to));
          done(null);
        }, done);
      },
    });
    const mailServer: MailServer = new MailServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return mailServer;
  }

  /** Whose mails are kept: another one after each {@link clear}, so that a late one is nobody's. */
  get address(): string {
    return `anna-${this.round}@example.com`;
  }

  clear(): void {
    this.round += 1;
    this.mails.length = 0;
    this.refuses = false;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function readMail(parsed: ParsedMail, to: string[]): Mail {
  return {
    from: parsed.from?.value[0]?.address ?? '',
    to,
    subject: parsed.subject ?? '',
    text: parsed.text ?? '',
    html: parsed.html || '',
    attachments: parsed.attachments.map(({ filename, contentType, content }) => ({
      name: filename ?? '',
      type: contentType,
      content,
    })),
  };
}
