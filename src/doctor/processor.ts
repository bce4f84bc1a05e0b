import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** The processor's properties that matter here. */
export interface ProcessorFacts {
  /** The system's name for it. */
  readonly model: string;
  /** The machine's processors, including those that this process may not use. */
  readonly count: number;
  /** Its x86-64 psABI level, `x86-64-v1` … `x86-64-v4`; null on other processors, and if the features are unknown. */
  readonly level: string | null;
  /** Which features it has, of those that kernels use, by their common names; null if they are unknown. */
  readonly features: Readonly<Record<string, boolean>> | null;
}

/** Flags of /proc/cpuinfo that each level adds; `pni` is SSE3, `abm` has LZCNT. */
const LEVELS: readonly (readonly [string, readonly string[]])[] = [
  ['x86-64-v2', ['cx16', 'lahf_lm', 'pni', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3']],
  ['x86-64-v3', ['abm', 'avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'movbe', 'xsave']],
  ['x86-64-v4', ['avx512bw', 'avx512cd', 'avx512dq', 'avx512f', 'avx512vl']],
];

/** Features by processor, each with the flags that it requires. */
const FEATURES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  x64: {
    'SSE4.2': ['sse4_2'],
    AVX2: ['avx2'],
    FMA: ['fma'],
    'AVX-512': ['avx512bw', 'avx512cd', 'avx512dq', 'avx512f', 'avx512vl'],
    'AVX512-BF16': ['avx512_bf16'],
    'AMX-BF16': ['amx_bf16'],
  },
  arm64: { NEON: ['asimd'], SVE: ['sve'], SVE2: ['sve2'], BF16: ['bf16'] },
};

/** Reads the processor's properties from the system; features are known on Linux only. */
export function processorFacts(): ProcessorFacts {
  const all = cpus();
  const text = process.platform === 'linux' ? cpuinfo() : undefined;
  const { level, features } = featuresOf(text, process.arch);
  return { model: all[0]?.model.trim() || 'unknown', count: all.length, level, features };
}

/** @internal Exported for tests: what the text of /proc/cpuinfo says about a processor that Node calls `arch`. */
export function featuresOf(text: string | undefined, arch: string): Pick<ProcessorFacts, 'level' | 'features'> {
  const flags = new Set(
    /^(?:flags|Features)\s*:(.*)$/m
      .exec(text ?? '')?.[1]
      .trim()
      .split(/\s+/),
  );
  const known = FEATURES[arch];
  if (flags.size === 0 || !known) return { level: null, features: null };
  const has = (needed: readonly string[]) => needed.every((flag) => flags.has(flag));
  const features = Object.fromEntries(Object.entries(known).map(([name, needed]) => [name, has(needed)]));
  return { level: arch === 'x64' ? levelOf(has) : null, features };
}

/** The highest level whose flags, and those of all lower levels, it has. */
function levelOf(has: (flags: readonly string[]) => boolean): string {
  const missing = LEVELS.findIndex(([, flags]) => !has(flags));
  const reached = missing < 0 ? LEVELS.length : missing;
  return reached === 0 ? 'x86-64-v1' : LEVELS[reached - 1][0];
}

function cpuinfo(): string | undefined {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return undefined;
  }
}
