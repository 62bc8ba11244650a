import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'oxfmt';
import { generatedSchemas } from './generated.ts';

/** As in the formatter's settings, so that what is generated needs no second hand. */
const printWidth = 140;

await mkdir(new URL('topics/', import.meta.url), { recursive: true });
for (const [path, schema] of generatedSchemas()) {
  const file = new URL(path, import.meta.url);
  const { code } = await format(fileURLToPath(file), JSON.stringify(schema), { printWidth });
  await writeFile(file, code);
}
