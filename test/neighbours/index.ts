/** The neighbours of a workflow, on the loopback: what examples send to is received, and checked. */
import { ChatServer } from './chat';
import { FileStore } from './file-store';
import { ObjectStore } from './s3';
import { MailServer } from './smtp';

export { readable } from './chat';
export { ChatServer, FileStore, MailServer, ObjectStore };

export class Neighbours {
  private constructor(
    readonly mail: MailServer,
    readonly chat: ChatServer,
    readonly objects: ObjectStore,
    readonly files: FileStore,
  ) {}

  static async start(): Promise<Neighbours> {
    const [mail, chat, objects, files] = await Promise.all([
      MailServer.start(),
      ChatServer.start(),
      ObjectStore.start(),
      FileStore.start(),
    ]);
    return new Neighbours(mail, chat, objects, files);
  }

  /** Forgets what came so far, and keeps nothing that comes later from a flow of before. */
  clear(): void {
    this.mail.clear();
    this.chat.clear();
    this.objects.objects.clear();
    this.objects.refused.length = 0;
    this.files.clear();
  }

  async stop(): Promise<void> {
    await Promise.all([this.mail, this.chat, this.objects, this.files].map((one) => one.stop()));
  }
}
