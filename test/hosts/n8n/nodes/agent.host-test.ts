import { N8nHost } from '../../../../scripts/hosts/n8n-host';
import type { Workflow } from '../../../../scripts/hosts/n8n-rest';
import { CAPTURE, TOKEN_TYPE } from '../support/bench';
import { McpClient } from './mcp-client';
import { FakeModel } from '../../../neighbours';
import { StubAppliance } from '../../stub-appliance';
import { linkTo, nodeOf, TRIGGER, TYPES } from '../support/workflows';

const TOOL_TYPE: [string, number] = ['n8n-nodes-allegro-multimeter.allegroMultimeterTool', 1];

/** The node as a tool of an AI agent: binary data cannot cross, the facts in JSON have to. */
describe('the node as a tool', () => {
  let appliance: StubAppliance;
  let host: N8nHost;
  let model: FakeModel;

  beforeAll(async () => {
    appliance = await StubAppliance.start();
    model = await FakeModel.start();
    model.calls = [{ args: { Host: '10.1.2.3' } }];
    host = await N8nHost.start();
  });
  afterAll(async () => {
    await host?.stop();
    await model?.stop();
    await appliance?.stop();
  });

  it('captures what the agent asks for and answers with the facts', async () => {
    const workflow = await agentWorkflow({
      resource: 'packet',
      operation: 'capturePcap',
      captureSource: 'ringBuffer',
      timeMode: 'last',
      lastAmount: 5,
      lastUnit: 'minutes',
      host: "={{ $fromAI('Host', 'IP address of the host', 'string') }}",
    });
    const { error } = await run(workflow);
    expect(error).toBeUndefined();
    expect(model.toolAnswer).toContain(appliance.sentSha256);
    expect(model.toolAnswer).toContain('ip==10.1.2.3');
    // Where a person finds the file.
    expect(model.toolAnswer).toMatch(/storedIn.*"field\\?":\\?"data\\?"/s);
  });

  it('answers with rows', async () => {
    await run(await agentWorkflow({ resource: 'statistics', operation: 'topTalkers' }));
    expect(model.toolAnswer).toContain('fileserver.example');
  });

  it('answers with what went wrong', async () => {
    const parameters = { resource: 'statistics', operation: 'topTalkers', limit: -1 };
    await run(await agentWorkflow(parameters));
    expect(model.toolAnswer).toContain('Limit');
    expect(model.toolAnswer).toContain('out of range');
  });

  it('tells a client of MCP that nothing prunes its file', async () => {
    const workflow = await agentWorkflow({ ...CAPTURE, maxMegabytes: 100 });
    const tool = workflow.nodes.find(({ name }) => name === 'Allegro')!;
    const trigger = nodeOf('5', 'MCP', TYPES.mcpTrigger, [0, 0], {
      parameters: { path: 'allegro-mcp', authentication: 'none' },
    });
    const { id, versionId } = await host.rest.createWorkflow({
      ...workflow,
      nodes: [trigger, tool],
      connections: { Allegro: linkTo('MCP', 'ai_tool') },
    });
    await host.rest.call('POST', `/rest/workflows/${id}/activate`, { versionId });
    const client = await McpClient.connect(`${host.url}/mcp/allegro-mcp`);
    const answer = await client.callTool('Allegro', {}).finally(() => client.close());
    expect(answer).toContain(appliance.sentSha256);
    expect(answer).toMatch(/"execution\\?":null/);
    expect(answer).toMatch(/someone deletes it: n8n never prunes/);
    expect(answer).toMatch(/"id\\?":\\?"filesystem-v2:[^"]*\/executions\/temp\//);
  });

  async function run(workflow: Workflow) {
    const saved = { ...workflow, ...(await host.rest.createWorkflow(workflow)) };
    return host.rest.run(saved, TRIGGER);
  }

  async function agentWorkflow(parameters: Record<string, unknown>): Promise<Workflow> {
    const { rest } = host;
    const appliances = await rest.createCredential('Allegro', TOKEN_TYPE, {
      baseUrl: appliance.url,
      token: StubAppliance.TOKEN,
      caCertificate: appliance.certificate,
    });
    const models = await rest.createCredential('Model', 'openAiApi', {
      apiKey: 'none',
      url: model.url,
    });
    const chosen = { model: { __rl: true, mode: 'id', value: 'fake' } };
    return {
      name: 'Agent',
      nodes: [
        nodeOf('1', TRIGGER, TYPES.manualTrigger, [0, 0]),
        nodeOf('2', 'Agent', TYPES.agent, [200, 0], {
          parameters: { promptType: 'define', text: 'Look into it.', options: {} },
        }),
        nodeOf('3', 'Model', TYPES.chatModel, [150, 200], {
          parameters: { ...chosen, options: { baseURL: model.url } },
          credentials: { openAiApi: { id: models.id, name: models.name } },
        }),
        nodeOf('4', 'Allegro', TOOL_TYPE, [300, 200], {
          parameters,
          credentials: { [TOKEN_TYPE]: { id: appliances.id, name: appliances.name } },
        }),
      ],
      connections: {
        [TRIGGER]: linkTo('Agent'),
        Model: linkTo('Agent', 'ai_languageModel'),
        Allegro: linkTo('Agent', 'ai_tool'),
      },
    };
  }
});
