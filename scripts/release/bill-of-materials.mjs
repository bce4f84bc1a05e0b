// The software bill of materials of a release, in CycloneDX format: the npm packages that are installed with it, as npm
// lists them, and the libraries inside the package, in its bundles and prebuilt addons.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonLibraries, bundledLibraries } from '../libraries.mjs';
import { expect } from './checks.mjs';
import { UserPackage } from './installed.mjs';
import { RELEASE } from './tarball.mjs';
import { npmProgram } from './tools.mjs';

/** Writes the bill next to the tarball and returns the number of its components. */
export function writeBillOfMaterials(tarball) {
  const bill = installedBill(tarball);
  const inside = [
    ...bundledLibraries().map((library) => component(library, 'in the bundles under dist/')),
    ...addonLibraries().map((library) => component(library, 'compiled into the addons under prebuilds/')),
  ];
  bill.components.push(...inside);
  const root = bill.dependencies.find(({ ref }) => ref === bill.metadata.component['bom-ref']);
  root.dependsOn.push(...inside.map((part) => part['bom-ref']));
  bill.dependencies.push(...inside.map((part) => ({ ref: part['bom-ref'], dependsOn: [] })));
  const references = bill.components.map((part) => part['bom-ref']);
  expect(
    new Set(references).size === references.length,
    'Expected unique references but two components of the bill of materials share one',
  );
  for (const name of ['openblas', 'highway', 'echarts', 'detect-libc', 'commander']) {
    const found = references.some((reference) => reference.includes(name));
    expect(found, `${name} is not in the bill of materials`);
  }
  writeFileSync(join(RELEASE, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);
  return `${references.length} components`;
}

/** The bill for the package and its dependencies, without the package that they were installed into. */
function installedBill(tarball) {
  const user = new UserPackage('bill');
  try {
    const npm = npmProgram();
    user.run([...npm, 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball]);
    const bill = JSON.parse(user.run([...npm, 'sbom', '--sbom-format', 'cyclonedx']).stdout);
    const own = bill.components.find(({ name }) => name === 'two-layer-net');
    const application = bill.metadata.component['bom-ref'];
    bill.metadata.component = own;
    bill.components = bill.components.filter((part) => part !== own);
    bill.dependencies = bill.dependencies.filter(({ ref }) => ref !== application);
    // The tarball's path on this machine must not be published.
    own.externalReferences = own.externalReferences.filter(({ type }) => type !== 'distribution');
    return bill;
  } finally {
    user.remove();
  }
}

function component({ title, version, licence, home, purl }, where) {
  return {
    'bom-ref': purl,
    type: 'library',
    name: title,
    version,
    purl,
    scope: 'required',
    licenses: licences(licence),
    externalReferences: home ? [{ type: 'website', url: home }] : [],
    properties: [{ name: 'two-layer-net:place', value: where }],
  };
}

/** CycloneDX has separate fields for an SPDX identifier, an SPDX expression and any other name. */
function licences(licence) {
  if (/^[\w.+-]+$/.test(licence)) return [{ license: { id: licence } }];
  if (/^[\w.+-]+( (OR|AND|WITH) [\w.+-]+)+$/.test(licence) && !licence.startsWith('SEE '))
    return [{ expression: licence }];
  return [{ license: { name: licence } }];
}
