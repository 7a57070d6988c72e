import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import type { ByteStream } from '../../client';
import { checkReadable } from './database-size';
import type { InputFile } from '../../nodes/definitions/model/run-result';

/**
 * A file of an item, as definitions read it. Files in n8n's storage are streamed from there; small
 * ones may sit in the item itself.
 *
 * @returns the binary data as it is where a Code node made it without content; reading the field
 *   says so
 */
export async function inputFile(
  host: IExecuteFunctions,
  itemIndex: number,
  property: string,
): Promise<InputFile | IBinaryData> {
  const binary = host.helpers.assertBinaryData(itemIndex, property);
  const name =
    binary.fileName ?? `${property}${binary.fileExtension ? `.${binary.fileExtension}` : ''}`;
  const { id } = binary;
  if (!id) return typeof binary.data === 'string' ? inlineFile(name, binary) : binary;
  const { fileSize } = await host.helpers.getBinaryMetadata(id);
  checkReadable(id, fileSize, name);
  return {
    name,
    size: fileSize,
    open: async () => (await host.helpers.getBinaryStream(id)) as ByteStream,
  };
}

function inlineFile(name: string, { data }: IBinaryData): InputFile {
  const bytes = Buffer.from(data, 'base64');
  async function* open() {
    yield bytes;
  }
  return { name, size: bytes.length, open };
}
