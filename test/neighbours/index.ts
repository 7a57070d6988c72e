/** The neighbours of a workflow, on the loopback: what examples send to is received, and checked. */
import { ChatServer } from './chat';
import { FileStore } from './file-store';
import { FakeModel } from './model';
import { ObjectStore } from './s3';
import { MailServer } from './smtp';
import { TeamsServer } from './teams';
import { JiraServer, MispServer, TheHiveServer } from './tickets';

export { readable } from './chat';
export { ChatServer, FakeModel, FileStore, JiraServer, MailServer, MispServer };
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
    readonly model: FakeModel,
  ) {}

  static async start(): Promise<Neighbours> {
    const [mail, chat, objects, files, teams, jira, theHive, misp, model] = await Promise.all([
      MailServer.start(),
      ChatServer.start(),
      ObjectStore.start(),
      FileStore.start(),
      TeamsServer.start(),
      new JiraServer().start(),
      new TheHiveServer().start(),
      new MispServer().start(),
      FakeModel.start(),
    ]);
    return new Neighbours(mail, chat, objects, files, teams, jira, theHive, misp, model);
  }

  /** What came into the two stores, each host's own, by the names of the files. */
  get stored(): Map<string, Buffer> {
    const objects = [...this.objects.objects].map(([key, { content }]) => [key, content] as const);
    const files = [...this.files.files].map(([path, content]) => [path, content] as const);
    return new Map(
      [...objects, ...files].map(([path, content]) => [path.split('/').at(-1)!, content]),
    );
  }

  /** Lets both stores refuse files of such names, because they are full. */
  refuseFiles(names: RegExp): void {
    this.objects.refuses = names;
    this.files.refuses = names;
  }

  /** Forgets what came so far, and keeps nothing that comes later from a flow of before. */
  clear(): void {
    this.mail.clear();
    this.chat.clear();
    this.objects.clear();
    this.files.clear();
    this.teams.clear();
    this.jira.clear();
    this.theHive.clear();
    this.misp.clear();
    this.model.clear();
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
      this.model,
    ];
    await Promise.all(all.map((one) => one.stop()));
  }
}
