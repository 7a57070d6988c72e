import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import regexp from 'eslint-plugin-regexp';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const community = n8nCommunityNodesPlugin.configs.recommended;
const RULE = '@n8n/community-nodes';

/** Everything that n8n may object to counts as an error here, so that no warning creeps in. */
const communityRules = Object.fromEntries(
  Object.keys(community.rules).map((rule) => [rule, 'error']),
);

const SHIPPED = ['client/**/*.ts', 'nodes/**/*.ts', 'credentials/**/*.ts', 'n8n/**/*.ts'];

export default tseslint.config(
  globalIgnores([
    '**/node_modules/',
    '.cache/',
    'coverage/',
    'node-red/dist/',
    'node-red/resources/',
    '**/*.d.ts',
  ]),
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  {
    // Alerts are written by attackers: a pattern that is not linear lets one of them stop the host.
    files: [...SHIPPED, 'node-red/**/*.ts', 'simulator/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    // Errors and warnings are sentences by their types; these are the ways around a translation.
    files: [
      'client/**/*.ts',
      'nodes/**/*.ts',
      'node-red/runtime/**/*.ts',
      'node-red/transport/**/*.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'CallExpression[callee.name=/^(verbatim|formText)$/] > Literal',
          'CallExpression[callee.name=/^(verbatim|formText)$/] TemplateElement[value.raw=/[a-z]{2}/i]',
          'NewExpression[callee.name="Sentence"] > Literal[value=/[a-z]/i]',
        ].map((selector) => ({ selector, message: 'Make the text with the tag say.' })),
        {
          selector: 'TSAsExpression > TSTypeReference[typeName.name="LocalText"]',
          message: 'Only languageOf makes a text in the language of the runtime.',
        },
      ],
    },
  },
  {
    // What ships to n8n, as source.
    files: SHIPPED,
    plugins: community.plugins,
    rules: { ...communityRules, 'no-console': 'error' },
  },
  {
    // The client and the adapter speak in errors of their own; they become NodeApiError and
    // NodeOperationError in one place, n8n/execution/errors.ts. n8n's scan looks at nodes/ and credentials/.
    files: ['client/**/*.ts', 'n8n/**/*.ts'],
    rules: { [`${RULE}/require-node-api-error`]: 'off' },
  },
  {
    files: ['package.json'],
    plugins: community.plugins,
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { extraFileExtensions: ['.json'] },
    },
    rules: communityRules,
  },
  {
    // What ships to n8n, compiled: where no TypeScript rule can be fooled by a type.
    files: ['dist/**/*.js'],
    plugins: community.plugins,
    languageOptions: { sourceType: 'commonjs' },
    linterOptions: { noInlineConfig: true },
    rules: { ...communityRules, 'no-console': 'error' },
  },
);
