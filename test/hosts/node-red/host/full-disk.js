/**
 * Loaded into a Node-RED before anything else: a folder `full-disk` takes 64 kB in all and no more,
 * and then gives the error of a full disk. For machines where no small disk can be mounted.
 */
const promises = require('node:fs/promises');
const { sep } = require('node:path');

const ROOM = 64 * 1024;
const { open, unlink, writeFile } = promises;
/** Bytes by path. */
const files = new Map();

const isFull = (path) => String(path).includes(`${sep}full-disk${sep}`);
const error = () =>
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/** Takes as many bytes as there is room for. */
function take(path, length) {
  const used = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  const taken = Math.min(length, ROOM - used);
  files.set(path, (files.get(path) ?? 0) + taken);
  return taken;
}

promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  if (!isFull(path)) return handle;
  const write = handle.writeFile.bind(handle);
  handle.writeFile = async (data) => {
    const taken = take(path, data.length);
    await write(data.subarray(0, taken));
    if (taken < data.length) throw error();
  };
  return handle;
};

promises.writeFile = async (path, data, ...rest) => {
  if (isFull(path) && take(path, data.length) < data.length) throw error();
  return writeFile(path, data, ...rest);
};

promises.unlink = async (path) => {
  await unlink(path);
  files.delete(path);
};
