/** A diagnosis as a person reads it. */
import { capabilitiesOf } from '../../backend/capabilities.js';
import type { Diagnosis } from '../../doctor/diagnose.js';
import type { SelfTest, SelfTestCheck } from '../../doctor/self-test.js';
import type { Speed } from '../../doctor/speed.js';
import type { Finding } from '../../doctor/verdict.js';
import { columns } from './format.js';

/** All lines; the last ones are the verdict. */
export function doctorLines(diagnosis: Diagnosis): string[] {
  const { selfTest, speed, verdict } = diagnosis;
  const parts = [
    columns([...machineRows(diagnosis), ...backendRows(diagnosis), ...speedRows(speed)]),
    selfTest ? selfTestLines(selfTest) : [],
    [verdict.summary, ...verdict.problems.flatMap(findingLines), ...verdict.notes.flatMap(findingLines)],
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, part) => (part === 0 ? lines : ['', ...lines]));
}

type Row = readonly [string, string];

function machineRows({ version, system, processor }: Diagnosis): Row[] {
  const { platform, arch, release, libc, libcVersion, node, nodeRange, nodeSupported } = system;
  const { model, count, level, features } = processor;
  const range = nodeRange === null ? '' : ` (${nodeSupported ? 'supported' : 'NOT supported'}: ${nodeRange})`;
  const has = Object.entries(features ?? {}).map(([name, there]) => `${name} ${there ? 'yes' : 'no'}`);
  const { total, free, limit, used } = system.memory;
  const limited = limit === null ? '' : `, ${gigabytes(limit)} for this process`;
  const taken = used === null ? '' : `; ${gigabytes(used)} in use`;
  return [
    ['two-layer-net', version],
    ['system', `${platform} ${arch}, ${release}${libc ? `, ${libc} ${libcVersion ?? ''}`.trimEnd() : ''}`],
    ['processor', `${model}, ${count === 1 ? '1 processor' : `${count} processors`}${level ? `, ${level}` : ''}`],
    ['features', has.length > 0 ? has.join(', ') : 'unknown'],
    ['memory', `${gigabytes(total)}, ${gigabytes(free)} free${limited}${taken}`],
    ['Node', `${node}${range}`],
    ['environment', environmentWords(system.environment)],
  ];
}

function environmentWords(environment: Readonly<Record<string, string>>): string {
  const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return set.length > 0 ? set.join(' ') : 'OPENBLAS_* and TWO_LAYER_NET_* are not set';
}

function backendRows({ addon, backend, threads }: Diagnosis): Row[] {
  const tried = addon.tried.map(({ file, outcome, reason }): Row => ['addon', reason ?? `${file}: ${outcome}`]);
  const rows: Row[] = tried.length > 0 ? tried : addon.reasons.map((reason): Row => ['addon', reason]);
  const { name, title, native, threads: several } = capabilitiesOf(backend.backend);
  if (!several) return [...rows, ['backend', `${name} (${title}, one thread)`]];
  const { count, available, quota } = threads;
  const quotaWords = quota === undefined ? 'no cgroup quota' : `cgroup quota ${quota.toFixed(2)}`;
  const threadRow: Row = ['threads', `${count} (affinity allows ${available}, ${quotaWords})`];
  if (!native) return [...rows, ['backend', `${name} (${title})`], ['SIMD kernels', backend.simdTarget], threadRow];
  return [
    ...rows,
    ['BLAS', backend.blas],
    ['BLAS kernels', `${backend.blasCore}: ${backend.blasCoreReason}`],
    ['SIMD kernels', backend.simdTarget],
    ['bfloat16', backend.bfloat16 ? 'yes' : 'no'],
    threadRow,
  ];
}

function speedRows(speed: Speed | null): Row[] {
  if (!speed) return [];
  const { milliseconds, gflops, peakGflops, shareOfPeak, shape, dtype, threads } = speed;
  const { D, H, C, N } = shape;
  const work = `D ${D}, H ${H}, C ${C}, N ${N}, ${dtype}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  const share =
    peakGflops === null || shareOfPeak === null
      ? ''
      : `, ${Math.round(100 * shareOfPeak)} % of the processor's peak, ${peakGflops.toPrecision(3)}`;
  return [['speed', `${milliseconds.toPrecision(3)} ms per step (${work}): ${gflops.toPrecision(3)} GFLOP/s${share}`]];
}

/** One line for each type and kind of matrix products. */
function selfTestLines({ checks, seconds }: SelfTest): string[] {
  const ways = [...new Set(checks.map(wayOf))];
  const rows = ways.map((way): Row => {
    const own = checks.filter((check) => wayOf(check) === way);
    return [`  ${way}`, own.map((check) => `${check.check} ${resultWords(check)}`).join(', ')];
  });
  const failed = checks.filter(({ passed }) => !passed).map(failureLine);
  const title = `self-test against TypeScript, ${seconds.toFixed(1)} s; largest relative differences < limits`;
  return [title, ...columns(rows), ...failed];
}

function wayOf({ dtype, products }: SelfTestCheck): string {
  return `${dtype}, ${products}`;
}

function resultWords({ check, difference, allowed, passed }: SelfTestCheck): string {
  if (check === 'threads') return passed ? 'same bits' : 'FAILED';
  const found = difference === null ? 'none' : difference === 0 ? '0' : difference.toExponential(1);
  const most = allowed.toExponential(0);
  return passed ? `${found} < ${most}` : `FAILED (${found}, allowed ${most})`;
}

function failureLine({ check, dtype, products, at, error }: SelfTestCheck): string {
  return `  FAILED: ${check}, ${dtype}, ${products} products, at ${at}${error ? `: ${error}` : ''}`;
}

function findingLines({ what, remedy }: Finding): string[] {
  return [`- ${what}.`, `  ${remedy}.`];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
