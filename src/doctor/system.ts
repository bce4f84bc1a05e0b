import { freemem, release, totalmem } from 'node:os';
import { type Libc, libc } from '../backend/native/libc.js';
import { supportedNode } from '../platform/package-files.js';

/** The system and what runs this. */
export interface SystemFacts {
  /** Node's name: `linux`, `darwin`. */
  readonly platform: string;
  /** Node's name: `x64`, `arm64`. */
  readonly arch: string;
  /** The kernel's release. */
  readonly release: string;
  /** `glibc` or `musl`; null elsewhere than on Linux, and where it cannot be told. */
  readonly libc: string | null;
  readonly libcVersion: string | null;
  /** Version of Node. */
  readonly node: string;
  /** The versions of Node that this package supports, as package.json has them; null where it is not to be found. */
  readonly nodeRange: string | null;
  /** Whether this one is among them; null where they are not known. */
  readonly nodeSupported: boolean | null;
  /** In bytes. */
  readonly memory: {
    readonly total: number;
    readonly free: number;
    /** What this process may take by its cgroup; null where nothing limits it. */
    readonly limit: number | null;
    /** What it has taken; null where the system does not tell: on Linux without /proc. */
    readonly used: number | null;
  };
  /** The variables of the environment that change how this package or OpenBLAS works. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Asks the system. */
export function systemFacts(): SystemFacts {
  const { family, version }: Libc = libc();
  const { node } = process.versions;
  const range = supportedNode();
  return {
    ...{ platform: process.platform, arch: process.arch, release: release() },
    ...{ libc: family ?? null, libcVersion: version ?? null },
    ...{ node, nodeRange: range ?? null, nodeSupported: range === undefined ? null : inRange(node, range) },
    memory: { total: totalmem(), free: freemem(), limit: memoryLimit(), used: usedMemory() },
    environment: relevant(process.env),
  };
}

/**
 * Whether a version is in a range as package.json has it here: alternatives `^20.19` (that major version, from there on) and
 * `>=22.12`. A version before the release, `23.0.0-nightly`, counts as the release.
 *
 * @internal Exported for tests.
 */
export function inRange(version: string, range: string): boolean {
  const [major, minor, patch] = numbersOf(version);
  return range.split('||').some((alternative) => {
    const [first, ...rest] = numbersOf(alternative);
    const atLeast = major === first ? notBelow([minor, patch], rest) : major > first;
    return atLeast && (major === first || !alternative.includes('^'));
  });
}

function numbersOf(version: string): [number, number, number] {
  const [, major = '0', minor = '0', patch = '0'] = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

function notBelow([minor, patch]: number[], [leastMinor, leastPatch]: number[]): boolean {
  return minor > leastMinor || (minor === leastMinor && patch >= leastPatch);
}

/** Node gives 0, or more than any machine has, where nothing limits. */
function memoryLimit(): number | null {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : null;
}

function usedMemory(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}

function relevant(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(environment).filter((name) =>
    /^(OPENBLAS|TWO_LAYER_NET)_|^(PREBUILDS_ONLY|LIBC)$/.test(name),
  );
  return Object.fromEntries(names.sort().map((name) => [name, environment[name] ?? '']));
}
