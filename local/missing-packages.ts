import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import packages from './system-packages.json';

/** The packages of Debian's and Ubuntu's that a local site needs and that are not here, by the file each is known by. */
export function missingPackages(): string[] {
  // A user's nginx is often found by root alone.
  process.env.PATH = `${process.env.PATH ?? ''}${delimiter}/usr/sbin`;
  const programs = process.env.PATH.split(delimiter);
  const isThere = (file: string) =>
    file.startsWith('/') ? existsSync(file) : programs.some((directory) => existsSync(join(directory, file)));
  return Object.entries(packages)
    .filter(([, file]) => !isThere(file))
    .map(([name]) => name);
}
