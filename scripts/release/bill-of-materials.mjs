// The software bill of materials of a release, as CycloneDX: what npm installs with the package, as npm itself lists it,
// and what is inside the package, in its bundles and its prebuilt addons.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonLibraries, bundledLibraries } from '../libraries.mjs';
import { run } from '../prebuild/process.mjs';
import { expect } from './checks.mjs';
import { RELEASE } from './tarball.mjs';
import { npmProgram } from './tools.mjs';

/** Writes it beside the tarball; returns how many components it names. */
export function writeBillOfMaterials() {
  const [program, ...words] = npmProgram();
  const bill = JSON.parse(
    run(program, [...words, 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--omit', 'peer']),
  );
  bill.metadata.component.name = 'two-layer-net';
  const inside = [
    ...bundledLibraries().map((library) => component(library, 'in the bundles under dist/')),
    ...addonLibraries().map((library) => component(library, 'compiled into the addons under prebuilds/')),
  ];
  bill.components.push(...inside);
  const root = bill.dependencies.find(({ ref }) => ref === bill.metadata.component['bom-ref']);
  root.dependsOn.push(...inside.map((part) => part['bom-ref']));
  bill.dependencies.push(...inside.map((part) => ({ ref: part['bom-ref'], dependsOn: [] })));
  const references = bill.components.map((part) => part['bom-ref']);
  expect(new Set(references).size === references.length, 'Two components of the bill of materials have one reference');
  expect(
    references.some((name) => /openblas/i.test(name)),
    'OpenBLAS is not in the bill of materials',
  );
  writeFileSync(join(RELEASE, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  return `${references.length} components`;
}

function component({ title, version, licence, home, purl }, where) {
  // An identifier of SPDX's stands alone; what has an operator is an expression.
  const licences = / (OR|AND|WITH) /.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
  return {
    ...{ 'bom-ref': purl, type: 'library', name: title, version, purl, scope: 'required', licenses: licences },
    externalReferences: home ? [{ type: 'website', url: home }] : [],
    properties: [{ name: 'two-layer-net:place', value: where }],
  };
}
