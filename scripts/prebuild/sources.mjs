// The sources of the libraries inside a prebuilt addon. Each is pinned to one file by its hash, which is searched for
// in the folder TWO_LAYER_NET_SOURCES, in the cache under build/, and in Debian's archive, through apt.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, run, say, Unavailable, WORK } from './process.mjs';

/** The libraries, their origin and their licence. scripts/libraries.mjs uses this list too. */
export const SOURCES = {
  openblas: {
    title: 'OpenBLAS',
    version: '0.3.34',
    licence: 'BSD-3-Clause',
    licenceFile: 'LICENSE',
    home: 'https://github.com/OpenMathLib/OpenBLAS',
    debian: { source: 'openblas', file: 'openblas_0.3.34+ds.orig.tar.xz' },
    sha256: '031220660e58d0afd3344a379e47ba68c6e082cb9c8a104755e8cf0af7d0da7d',
  },
  highway: {
    title: 'Google Highway',
    version: '1.3.0',
    licence: 'Apache-2.0 OR BSD-3-Clause',
    licenceFile: 'LICENSE-BSD3',
    home: 'https://github.com/google/highway',
    debian: { source: 'highway', file: 'highway_1.3.0.orig.tar.gz' },
    sha256: '07b3c1ba2c1096878a85a31a5b9b3757427af963b1141ca904db2f9f4afe0bc2',
  },
};

const CACHE = join(WORK, 'sources');

/**
 * Unpacks a source unless that has been done before.
 *
 * @returns the folder that it was unpacked into
 * @throws Unavailable if the source cannot be downloaded
 */
export function unpackedSource(name) {
  if (!(name in SOURCES)) throw new Failure(`Expected ${Object.keys(SOURCES).join(' or ')} but received ${name}`);
  const { version, debian, sha256 } = SOURCES[name];
  const folder = join(WORK, `${name}-${version}`);
  const complete = join(folder, '.unpacked');
  if (existsSync(complete) && readFileSync(complete, 'utf8') === sha256) return folder;
  const archive = findArchive(name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run('tar', ['xf', archive, '-C', folder, '--strip-components=1']);
  writeFileSync(complete, sha256);
  say(`${SOURCES[name].title} ${version} (${debian.file})`);
  return folder;
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function findArchive(name) {
  const { debian, sha256 } = SOURCES[name];
  const cached = join(CACHE, debian.file);
  for (const folder of [process.env.TWO_LAYER_NET_SOURCES, CACHE]) {
    const file = folder && join(folder, debian.file);
    if (file && existsSync(file) && hashOf(file) === sha256) return file;
  }
  mkdirSync(CACHE, { recursive: true });
  try {
    download(name);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Unavailable(error.message);
  }
  const found = existsSync(cached) ? hashOf(cached) : 'no file';
  if (found === sha256) return cached;
  throw new Unavailable(
    `The source of ${SOURCES[name].title}: expected ${debian.file} with SHA-256 ${sha256}, but Debian has ${found}. ` +
      'Put that file into a folder and set TWO_LAYER_NET_SOURCES to it, or pin another file in ' +
      'scripts/prebuild/sources.mjs',
  );
}

function download(name) {
  const { title, debian } = SOURCES[name];
  say(`downloading the source of ${title} from Debian…`);
  run('apt-get', [...aptOptions(), 'update'], { cwd: CACHE });
  run('apt-get', [...aptOptions(), 'source', '--download-only', debian.source], { cwd: CACHE });
}

/**
 * Options that make apt read Debian's newest releases into separate lists, without changing the machine's
 * configuration.
 *
 * @param architecture - the architecture of packages by Debian's name; without it, only sources are read
 */
export function aptOptions(architecture) {
  const home = join(WORK, 'apt', architecture ?? 'sources');
  const parts = join(home, 'parts');
  for (const folder of [join(home, 'lists', 'partial'), join(home, 'cache', 'archives', 'partial'), parts]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(join(parts, 'debian.sources'), debianSources(architecture ? 'deb' : 'deb-src'));
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': parts,
    'Dir::State::lists': join(home, 'lists'),
    'Dir::Cache': join(home, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    ...(architecture ? { 'APT::Architecture': architecture, 'APT::Architectures::': architecture } : {}),
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/** The newest releases on this machine's Debian mirror. */
function debianSources(type) {
  const deb822 = '/etc/apt/sources.list.d/debian.sources';
  const oneLine = '/etc/apt/sources.list';
  if (existsSync(deb822)) {
    const [first] = readFileSync(deb822, 'utf8')
      .replaceAll(/^#.*\n/gm, '')
      .split(/\n\s*\n/);
    return first.replace(/^Types:.*$/m, `Types: ${type}`).replace(/^Suites:.*$/m, 'Suites: sid forky');
  }
  const mirror = existsSync(oneLine) && /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m.exec(readFileSync(oneLine, 'utf8'))?.[1];
  if (!mirror)
    throw new Unavailable('Sources are downloaded from Debian through apt, which is not configured on this machine');
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  return `Types: ${type}\nURIs: ${mirror}\nSuites: sid forky\nComponents: main\nSigned-By: ${key}\n`;
}
