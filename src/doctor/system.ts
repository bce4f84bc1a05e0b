import { freemem, release, totalmem } from 'node:os';
import satisfies from 'semver/functions/satisfies.js';
import { type Libc, libc } from '../backend/native/libc.js';
import { supportedNode } from '../platform/package-version.js';

/** The system and what runs this. */
export interface SystemFacts {
  /** Node's name: `linux`, `darwin`. */
  readonly platform: string;
  /** Node's name: `x64`, `arm64`. */
  readonly arch: string;
  /** The kernel's release. */
  readonly release: string;
  /** `glibc` or `musl`; null on systems other than Linux, and if it cannot be determined. */
  readonly libc: string | null;
  readonly libcVersion: string | null;
  /** The version of Node. */
  readonly node: string;
  /** The range of Node versions in package.json; null if package.json cannot be found. */
  readonly nodeRange: string | null;
  /** Whether this Node is in that range; null if the range is not known. */
  readonly nodeSupported: boolean | null;
  /** In bytes. */
  readonly memory: {
    readonly total: number;
    readonly free: number;
    /** The limit that the cgroup sets for this process; null without a limit. */
    readonly limit: number | null;
    /** What this process uses; null if the system does not say, as on Linux without /proc. */
    readonly used: number | null;
  };
  /** The environment variables that change how this package or OpenBLAS works. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Asks the system. */
export function systemFacts(): SystemFacts {
  const { family, version }: Libc = libc();
  const { node } = process.versions;
  const range = supportedNode();
  return {
    platform: process.platform,
    arch: process.arch,
    release: release(),
    libc: family ?? null,
    libcVersion: version ?? null,
    node,
    nodeRange: range ?? null,
    nodeSupported: range === undefined ? null : isSupported(node, range),
    memory: { total: totalmem(), free: freemem(), limit: memoryLimit(), used: usedMemory() },
    environment: relevant(process.env),
  };
}

/**
 * Whether a version of Node is in package.json's range. Nightly builds and release candidates count as the release.
 *
 * @internal Exported for tests.
 */
export function isSupported(version: string, range: string): boolean {
  return satisfies(version, range, { includePrerelease: true });
}

/** Without a limit Node returns 0 or more than any machine has. */
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
