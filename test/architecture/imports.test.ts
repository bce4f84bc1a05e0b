/** The picture in CONTRIBUTING.md is the rule: a folder may import what its arrows reach, and nothing else. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, type SourceFile, sourceFiles } from './source-files.js';

/** One import: the file that has it and the file it names, as paths from the repository's root. */
interface Import {
  readonly from: string;
  readonly to: string;
}

const picture = /```mermaid\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'))?.[1] ?? '';

/** The path that a box stands for: its label is one below src/ or native/, or from the root. */
function pathOf(label: string): string {
  const path = [`src/${label}`, `native/${label}`, label].find((candidate) => existsSync(join(ROOT, candidate)));
  if (!path) throw new Error(`CONTRIBUTING.md's picture has a box "${label}", but there is no such file or folder`);
  return path;
}

/** The picture's arrows, from each box to the boxes that it points to, by path. */
const arrows = new Map<string, string[]>();
{
  const labels = new Map([...picture.matchAll(/(\w+)\["([^"]+)"\]/g)].map(([, id, label]) => [id, label]));
  const box = (id: string) => pathOf(labels.get(id) ?? id);
  for (const line of picture.split('\n')) {
    const [, sources, targets] = /^\s*([\w &]+?) --> ([\w &]+)$/.exec(line) ?? [];
    if (!sources || !targets) continue;
    for (const source of sources.split(' & ')) {
      const reached = arrows.get(box(source)) ?? [];
      arrows.set(box(source), [...reached, ...targets.split(' & ').map(box)]);
    }
  }
}
const boxes = [...new Set([...arrows.keys(), ...[...arrows.values()].flat()])];

/** Every box that the arrows lead to from this one. */
function reachable(box: string, seen = new Set<string>()): Set<string> {
  for (const next of arrows.get(box) ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reachable(next, seen);
  }
  return seen;
}

/** The innermost box that a file belongs to. */
function boxOf(file: string): string | undefined {
  return boxes
    .filter((box) => file === box || file.startsWith(`${box}/`))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

/** Imports between boxes that no path of arrows allows. */
function forbidden(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => {
      const [source, target] = [boxOf(from), boxOf(to)];
      return source !== target && !(source && target && reachable(source).has(target));
    })
    .map(({ from, to }) => `${from} → ${to}`);
}

/** The relative imports in TypeScript files. */
function importsOf(files: readonly SourceFile[]): Import[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g)].map(([, name]) => {
      const to = normalize(join(dirname(path), name as string));
      return { from: path, to: to === 'binding.js' ? 'binding.d.ts' : to.replace(/\.js$/, '.ts') };
    }),
  );
}

const typescript = sourceFiles(/^src\/.*\.ts$/);
const imports = importsOf(typescript);

const cpp = sourceFiles(/^native\/.*\.(h|cpp)$/);
const includes: Import[] = cpp.flatMap(({ path, text }) =>
  [...text.matchAll(/^#include "([^"]+)"/gm)].map(([, name]) => ({
    from: path,
    to: normalize(join(dirname(path), name as string)),
  })),
);

const HELP =
  'Arrows in CONTRIBUTING.md say what each folder may import. Move the code down, or pass it in as an argument.';

describe('the picture in CONTRIBUTING.md', () => {
  test('has arrows for both languages, and none that leads back to where it came from', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(includes.length).toBeGreaterThan(50);
    expect(boxes.filter((box) => reachable(box).has(box))).toEqual([]);
  });

  test('has a box for every source file', () => {
    const files = [...typescript, ...cpp].map(({ path }) => path);
    expect(files.filter((path) => boxOf(path) === undefined)).toEqual([]);
  });

  test('has no arrow that no import follows', () => {
    const used = new Set([...imports, ...includes].map(({ from, to }) => `${boxOf(from)} --> ${boxOf(to)}`));
    const drawn = [...arrows].flatMap(([source, targets]) => targets.map((target) => `${source} --> ${target}`));
    expect(drawn.filter((arrow) => !used.has(arrow))).toEqual([]);
  });
});

describe('TypeScript', () => {
  test('finds the file that each import names', () => {
    expect(imports.filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
  });

  test('imports only along the arrows (cycles of files are refused by Biome)', () => {
    expect(forbidden(imports), HELP).toEqual([]);
  });
});

test('bench/ imports only some parts of src/, and src/ imports nothing of bench/', () => {
  const allowed = /^(bench\/|src\/index\.ts$|src\/measure\/|src\/platform\/|src\/cli\/(options|output)\/)/;
  const fromBench = importsOf(sourceFiles(/^bench\/.*\.ts$/));
  expect(fromBench.length).toBeGreaterThan(20);
  expect(fromBench.filter(({ to }) => !allowed.test(to))).toEqual([]);
  expect(imports.filter(({ to }) => to.startsWith('bench/'))).toEqual([]);
});

describe('C++', () => {
  test('finds the file that each include names', () => {
    expect(includes.filter(({ to }) => !existsSync(join(ROOT, to)))).toEqual([]);
  });

  test('includes only along the arrows', () => {
    expect(forbidden(includes), HELP).toEqual([]);
  });

  test('has no cycle of includes', () => {
    const included = new Map<string, string[]>();
    for (const { from, to } of includes) included.set(from, [...(included.get(from) ?? []), to]);
    const leadsTo = (from: string, goal: string, seen = new Set<string>()): boolean =>
      (included.get(from) ?? []).some((to) => {
        if (to === goal) return true;
        if (seen.has(to)) return false;
        seen.add(to);
        return leadsTo(to, goal, seen);
      });
    expect(cpp.map(({ path }) => path).filter((path) => leadsTo(path, path))).toEqual([]);
  });

  test('knows MPI only in native/mpi', () => {
    const knowing = cpp.filter(({ text }) => /^#include <mpi\.h>/m.test(text));
    expect(knowing.map(({ path }) => path)).toEqual(['native/mpi/mpi.cpp']);
  });

  test('knows Node only in native/addon and native/mpi', () => {
    const knowing = cpp.filter(({ text }) => /^#include <(napi|node|node_api|js_native_api|uv|v8)\.h>/m.test(text));
    expect(knowing.map(({ path }) => path).filter((path) => !/^native\/(addon|mpi)\//.test(path))).toEqual([]);
    expect(knowing.length).toBeGreaterThan(0);
  });
});
