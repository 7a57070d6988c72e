/** The neighbours of a workflow, on the loopback: what examples send to is received, and checked. */
import { ChatServer } from './chat';
import { FileStore } from './file-store';
import { ObjectStore } from './s3';
import { MailServer } from './smtp';
import { TeamsServer } from './teams';
import { JiraServer, MispServer, TheHiveServer } from './tickets';

export { readable } from './chat';
export { ChatServer, FileStore, JiraServer, MailServer, MispServer };
export { ObjectStore, TeamsServer, TheHiveServer };

export class Neighbours {
  private constructor(
    readonly mail: MailServer,
    readonly chat: ChatServer,
    readonly objects: ObjectStore,
    readonly files: FileStore,
    readonly teams: TeamsServer,
    readonly jira: JiraServer,
    readonly theHive: TheHiveServer,
    readonly misp: MispServer,
  ) {}

  static async start(): Promise<Neighbours> {
    const [mail, chat, objects, files, teams, jira, theHive, misp] = await Promise.all([
      MailServer.start(),
      ChatServer.start(),
      ObjectStore.start(),
      FileStore.start(),
      TeamsServer.start(),
      new JiraServer().start(),
      new TheHiveServer().start(),
      new MispServer().start(),
    ]);
    return new Neighbours(mail, chat, objects, files, teams, jira, theHive, misp);
  }

  /** Forgets what came so far, and keeps nothing that comes later from a flow of before. */
  clear(): void {
    this.mail.clear();
    this.chat.clear();
    this.objects.objects.clear();
    this.objects.refused.length = 0;
    this.files.clear();
    this.teams.clear();
    this.jira.clear();
    this.theHive.clear();
    this.misp.clear();
  }

  async stop(): Promise<void> {
    const all = [
      this.mail,
      this.chat,
      this.objects,
      this.files,
      this.teams,
      this.jira,
      this.theHive,
      this.misp,
    ];
    await Promise.all(all.map((one) => one.stop()));
  }
}
