/** What Node-RED pushes to an open editor. */
interface EditorEvent {
  topic: string;
  data: Record<string, unknown>;
}

/** Listens as an open editor does, so that a flow need not be changed to be watched. */
export class EditorEvents {
  private events: EditorEvent[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const parsed = JSON.parse(String(data)) as EditorEvent | EditorEvent[];
      this.events.push(...[parsed].flat());
    });
  }

  static async open(url: string): Promise<EditorEvents> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    for (const topic of ['debug', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }));
    return new EditorEvents(socket);
  }

  /** What the Debug node of this ID showed. */
  debugOf(...ids: string[]): string[] {
    return this.events
      .filter(({ topic, data }) => topic === 'debug' && ids.includes(String(data.id)))
      .map(({ data }) => String(data.msg));
  }

  /** Texts below the node of this ID, the oldest first. */
  statusesOf(id: string): string[] {
    return this.events
      .filter(({ topic }) => topic === `status/${id}`)
      .flatMap(({ data }) => (data.text === undefined ? [] : [String(data.text)]));
  }

  /** Whether the node of this ID has shown a mark, with or without a text. */
  isMarked(id: string): boolean {
    return this.events.some(({ topic, data }) => topic === `status/${id}` && Boolean(data.fill));
  }

  /** All of it as text, to look for what must not be there. */
  get text(): string {
    return JSON.stringify(this.events);
  }

  clear(): void {
    this.events = [];
  }

  close(): void {
    this.socket.close();
  }
}
