import { requireDependency } from '../../platform/require-dependency.js';

/** The C library of a Linux system: which one, and its version where that is known. */
export interface Libc {
  /** `glibc` or `musl`; undefined on systems other than Linux, and if it cannot be determined. */
  readonly family: string | undefined;
  readonly version: string | undefined;
}

/** The part of `detect-libc` that is used. */
interface DetectLibc {
  familySync(): string | null;
  versionSync(): string | null;
}

/** The C library that this process runs on; the environment variable `LIBC` overrides it, as in node-gyp-build. */
export function libc(): Libc {
  if (process.platform !== 'linux') return { family: undefined, version: undefined };
  if (process.env.LIBC) return { family: process.env.LIBC, version: undefined };
  const detect = requireDependency<DetectLibc>('detect-libc');
  if (detect) return { family: detect.familySync() ?? undefined, version: detect.versionSync() ?? undefined };
  // A bundle without node_modules: Node itself reports glibc, and reports nothing if it runs on musl.
  const version = glibcVersion();
  return { family: version === undefined ? 'musl' : 'glibc', version };
}

function glibcVersion(): string | undefined {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const { excludeNetwork } = report;
  // The names of a machine's network interfaces can take seconds to look up.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork ?? false;
  return header.glibcVersionRuntime;
}
