import { parse, type Expression, type Node, type ObjectExpression } from 'acorn';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { definitions as nodeDefinitions } from '../../../nodes/definitions';
import { paletteDefinitions as definitions } from '../../../node-red/runtime/nodes/palette-definitions';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import { catalogueOf, type Catalogue } from '../../../node-red/editor/catalogue';
import { newProperties } from '../../../node-red/editor/defaults';
import { editorFields, formFields } from '../../../node-red/editor/editor-field';
import { editorHtml, generateFiles, nodeMap, nodeTypes } from '../../../node-red/editor/generate';
import { helpHtml } from '../../../node-red/editor/help';
import { ICON_FILES } from '../../../node-red/editor/icons';
import { APPLIANCE_TYPE, typeOf } from '../../../node-red/runtime/values/names';

const ROOT = resolve(__dirname, '../../..');
const files = generateFiles();

/** Reads a node's HTML as the scorecard does: only literals within one call count. */
function registration(html: string): { type: unknown; properties: Map<string, Expression> } {
  const scripts = [...html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)];
  expect(scripts).toHaveLength(1);
  const found: Array<{ type: unknown; properties: Map<string, Expression> }> = [];
  walk(parse(scripts[0]![1]!, { ecmaVersion: 'latest' }), (node) => {
    if (node.type !== 'CallExpression') return;
    const call = node as Node & { callee: Node; arguments: Node[] };
    const callee = call.callee as Node & { property?: { name?: string } };
    if (callee.property?.name !== 'registerType') return;
    const [type, definition] = call.arguments as [Node & { value?: unknown }, ObjectExpression];
    expect(type.type).toBe('Literal');
    expect(definition.type).toBe('ObjectExpression');
    found.push({ type: type.value, properties: propertiesOf(definition) });
  });
  expect(found).toHaveLength(1);
  return found[0]!;
}

function propertiesOf(object: ObjectExpression): Map<string, Expression> {
  return new Map(
    object.properties.map((property) => {
      if (property.type === 'SpreadElement') throw new Error('A spread hides what it brings.');
      return [(property.key as Node & { name: string }).name, property.value];
    }),
  );
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if ('type' in node && typeof node.type === 'string') visit(node as Node);
  for (const value of Object.values(node)) walk(value, visit);
}

function idsOf(html: string): string[] {
  return [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
}

function lookUp(catalogue: Catalogue, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((value, part) => (value as Catalogue | undefined)?.[part], catalogue);
}

describe.each(nodeTypes())('editor HTML of %s', (type) => {
  const html = files.get(`dist/nodes/${type}.html`)!;
  const catalogue = JSON.parse(files.get(`dist/nodes/locales/en-US/${type}.json`)!) as Catalogue;

  it('registers its type with plain literals', () => {
    const { type: registered, properties } = registration(html);
    expect(registered).toBe(type);
    const required =
      type === APPLIANCE_TYPE
        ? ['category', 'defaults', 'credentials']
        : ['category', 'color', 'icon', 'inputs', 'outputs', 'defaults', 'paletteLabel'];
    for (const name of required) {
      const isObject = name === 'defaults' || name === 'credentials';
      expect(properties.get(name)?.type).toBe(isObject ? 'ObjectExpression' : 'Literal');
    }
  });

  it('has a version, and a property for every field, without a value to store', () => {
    const { properties } = registration(html);
    const defaults = propertiesOf(properties.get('defaults') as ObjectExpression);
    expect([...defaults.keys()]).toContain('version');
    const definition = definitions.find((one) => typeOf(one) === type);
    if (!definition) return;
    for (const { name, type: kind } of formFields(definition)) {
      const names = [name, `${name}Type`, ...(kind === 'list' ? [`${name}Rows`] : [])];
      for (const one of names) {
        const entry = propertiesOf(defaults.get(one) as ObjectExpression);
        expect([one, entry.has('value')]).toEqual([one, false]);
      }
    }
  });

  it('has unique ids and a label for every visible input', () => {
    const ids = idsOf(html);
    expect(new Set(ids).size).toBe(ids.length);
    const labelled = new Set([...html.matchAll(/<label [^>]*for="([^"]+)"/g)].map(([, id]) => id));
    const inputs = [...html.matchAll(/<(?:input|select|textarea) ([^>]*)>/g)]
      .map(([, attributes]) => attributes!)
      .filter((attributes) => !attributes.includes('type="hidden"'));
    for (const attributes of inputs) {
      expect(labelled).toContain(/id="([^"]+)"/.exec(attributes)?.[1]);
    }
  });

  it('has the help of every label for a screen reader too', () => {
    const ids = new Set(idsOf(html));
    const titles = [...html.matchAll(/data-i18n="\[title\]([^"]+)"/g)].map(([, key]) => key!);
    if (type === APPLIANCE_TYPE) expect(titles.length).toBeGreaterThan(0);
    for (const key of titles) {
      const name = key.replace(/^fields\.|\.description$/g, '');
      const help = type === APPLIANCE_TYPE ? `node-config-help-${name}` : `node-help-${name}`;
      expect(ids).toContain(help);
      expect(html).toMatch(new RegExp(`id="${help}" hidden data-i18n="${key}"`));
    }
  });

  it('uses only texts that the catalogue has', () => {
    const keys = [...html.matchAll(/data-i18n="(?:\[\w[\w-]*\])?([^"]+)"/g)].map(([, key]) => key!);
    for (const key of keys.filter((candidate) => !candidate.startsWith('node-red:'))) {
      expect([key, typeof lookUp(catalogue, key)]).toEqual([key, 'string']);
    }
  });

  it('sets no colours and loads nothing from elsewhere', () => {
    const template = html.slice(html.indexOf('data-template-name'));
    expect(template).not.toMatch(/#[0-9a-f]{3,6}\b[^{]|rgb\(|color:/i);
    expect([...html.matchAll(/src="([^"]+)"/g)].map(([, source]) => source)).toEqual([
      'resources/@allegro-multimeter/node-red/editor.js',
    ]);
  });

  it('says in tooltips in which zone a time without one is', () => {
    const fields = definitions.find((definition) => typeOf(definition) === type)?.fields ?? [];
    const times = fields.filter((field) => field.type === 'dateTime');
    const texts = times.map(({ name }) => lookUp(catalogue, `fields.${name}.description`));
    for (const text of texts)
      expect(text).toMatch(/A time without a zone is in the time zone of the server\./);
  });

  it.each(['en-US', 'de'])('has help of under 700 words in %s', (language) => {
    const help = files.get(`dist/nodes/locales/${language}/${type}.html`)!;
    expect(
      help
        .replace(/<[^>]*>/g, ' ')
        .trim()
        .split(/\s+/).length,
    ).toBeLessThan(700);
  });

  it('has help in the order of the style guide', () => {
    const help = files.get(`dist/nodes/locales/en-US/${type}.html`)!;
    expect(help).toContain(`data-help-name="${type}"`);
    const headings = [...help.matchAll(/<h3>([^<]+)<\/h3>/g)].map(([, text]) => text);
    const all = ['Inputs', 'Outputs', 'Details', 'References'];
    const ofTrigger = all.slice(1);
    const ofConfig = all.slice(2);
    const others = type.endsWith('-trigger') ? ofTrigger : all;
    expect(headings).toEqual(type === APPLIANCE_TYPE ? ofConfig : others);
    expect(help).not.toMatch(/<b>|<i>|<strong>|<em>/);
  });

  it('has an entry script beside it', () => {
    expect(files.get(`dist/nodes/${type}.js`)).toContain(`register(RED, '${type}')`);
  });
});

describe('the package', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'node-red/package.json'), 'utf8')) as {
    files: string[];
    'node-red': { nodes: Record<string, string> };
    dependencies: Record<string, string>;
  };

  it('lists one set a node, in step with the definitions', () => {
    expect(manifest['node-red'].nodes).toEqual(nodeMap());
  });

  it('ships dist, resources and examples, and needs only what makes connections', () => {
    expect(manifest.files).toEqual(['dist', 'resources', 'examples']);
    expect(Object.keys(manifest.dependencies)).toEqual(['axios', 'hpagent']);
  });

  it('has less than 350 kB of HTML for an editor in one language', () => {
    for (const language of ['en-US', 'de']) {
      const loaded = [...files].filter(
        ([path]) =>
          path.endsWith('.html') && (!path.includes('/locales/') || path.includes(`/${language}/`)),
      );
      const bytes = loaded.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
      expect(bytes).toBeLessThan(350_000);
    }
  });

  it('is generated the same every time', () => {
    expect([...generateFiles()]).toEqual([...files]);
  });

  it.each(ICON_FILES)('has the icon %s in the right form', (name) => {
    const svg = readFileSync(join(ROOT, 'icons/node-red', name), 'utf8');
    expect(svg).toContain('width="40" height="60" viewBox="0 0 40 60"');
    expect([...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour)).toEqual(
      expect.arrayContaining(['#fff']),
    );
    expect(svg).not.toMatch(/(?:fill|stroke)="(?!#fff|none)/);
  });

  it('has a shared script that a browser can read', () => {
    expect(() => parse(files.get('resources/editor.js')!, { ecmaVersion: 2019 })).not.toThrow();
  });
});

describe('a node that needs no appliance', () => {
  const local = nodeDefinitions.filter(({ needsAppliance }) => needsAppliance === false);

  it.each(local)('$name has no field for one, nor a word on permissions', (definition) => {
    const html = editorHtml(definition);
    expect(html).not.toContain('node-input-appliance');
    expect(html).not.toContain(APPLIANCE_TYPE);
    expect(helpHtml(definition)).not.toContain('Permission on the appliance');
    expect(newProperties(definition)).not.toHaveProperty('appliance');
  });
});

describe('the label of a node in the flow', () => {
  /** What the registered function says of a node. */
  function labelOf(type: string, node: Record<string, unknown>): unknown {
    const registered: Array<{ label(this: object): unknown }> = [];
    const RED = { nodes: { registerType: (_: string, one: never) => registered.push(one) } };
    const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(
      files.get(`dist/nodes/${type}.html`)!,
    )![1]!;
    runInNewContext(script, {
      RED,
      AllegroMultimeter: { check: () => null, checkRows: () => null },
    });
    return registered[0]!.label.call(node);
  }

  const BUFFER = 'allegro-multimeter-suspend-buffer';
  it.each([
    ['top talkers', 'allegro-multimeter-top-talkers', {}],
    ['allegro chart', 'allegro-multimeter-chart', {}],
    ['suspend buffer', BUFFER, { bufferAction: 'suspend', bufferActionType: 'option' }],
    ['resume buffer', BUFFER, { bufferAction: 'resume', bufferActionType: 'option' }],
    ['suspend buffer', BUFFER, { bufferAction: 'resume', bufferActionType: 'msg' }],
    ['Mine', BUFFER, { name: 'Mine', bufferAction: 'resume', bufferActionType: 'option' }],
  ])('is "%s" for a %s with %j', (expected, type, node) => {
    expect(labelOf(type, node)).toBe(expected);
  });
});

describe('the columns of a list', () => {
  const lists = definitions.flatMap((definition) =>
    editorFields(definition)
      .filter(({ kind }) => kind === 'list')
      .map((field) => ({ type: typeOf(definition), field })),
  );

  it.each(lists)('of $type, $field.name, are explained in the form', ({ type, field }) => {
    const texts = JSON.parse(files.get(`dist/nodes/locales/en-US/${type}.json`)!) as Catalogue;
    const said = (key: string) => lookUp(texts, `fields.${field.name}.${key}`);
    expect(field.columns!.length).toBeGreaterThan(0);
    for (const { name, options = [] } of field.columns!) {
      expect(said(`columnDescriptions.${name}`)).toMatch(/^[A-Z].+[.]$/);
      for (const option of options) expect(said(`columnOptions.${name}.${option}`)).toMatch(/\S/);
    }
  });

  it('are looked at in all nodes that have one', () => {
    expect(new Set(lists.map(({ field }) => field.name))).toEqual(
      new Set(['series', 'conditions', 'allowedPaths', 'queryParameters']),
    );
  });
});

it('explains the choice of the login, and names the fields that take a variable', () => {
  const help = files.get(`dist/nodes/locales/en-US/${APPLIANCE_TYPE}.html`)!;
  expect(help).toMatch(/<dt>Login<\/dt>\s*<dd>An API token/);
  expect(help).not.toContain('Every field takes');
});

describe('awkward definitions', () => {
  const base: NodeDefinition = {
    ...nodeDefinitions[0]!,
    name: 'awkward',
    label: 'Awk</script>ward "quoted"',
    description: 'Says </script><script>alert(1)</script> & "more"',
    fields: [],
  };

  it('cannot end a script or an attribute', () => {
    const html = editorHtml(base) + helpHtml(base);
    expect(html.match(/<\/script>/g)).toHaveLength(4);
    expect(html).not.toContain('alert(1)</script>');
    registration(editorHtml(base));
  });

  it.each(['users', 'valid', 'x', 'name', 'Upper', 'with-dash'])(
    'refuses the property name "%s"',
    (name) => {
      const field = { ...nodeDefinitions[0]!.fields[0]!, name };
      expect(() => editorFields({ ...base, fields: [field] })).toThrow(/cannot be a property/);
    },
  );

  it('refuses two properties of one name', () => {
    const field = { ...nodeDefinitions[0]!.fields[0]!, name: 'host' };
    const other = { ...field, name: 'hostType' };
    expect(() => editorFields({ ...base, fields: [field, other] })).toThrow(/twice/);
  });

  it('has texts for every field', () => {
    for (const definition of nodeDefinitions) {
      const { fields } = catalogueOf(definition) as { fields: Catalogue };
      expect(Object.keys(fields)).toEqual(editorFields(definition).map(({ name }) => name));
    }
  });
});
