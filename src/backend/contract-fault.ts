import type { Binding } from '../../binding.js';
import { ENGINE_SETTINGS } from '../training/settings.js';
import { BINDING_VERSION } from './binding-version.js';

/** Why an addon or a module with this contract cannot be used, to follow its file's name; undefined if it can. */
export function contractFault({ version, settings }: Partial<Binding>): string | undefined {
  const stale = 'was built from other sources';
  if (version !== BINDING_VERSION) {
    const found = typeof version === 'number' ? `version ${version} of the binding` : 'no known version of the binding';
    return `${stale}: it has ${found}, and this package needs version ${BINDING_VERSION}`;
  }
  const found = [...(settings ?? [])].sort().join(', ') || 'none';
  const needed = [...ENGINE_SETTINGS].sort().join(', ');
  return found === needed ? undefined : `${stale}: it reads the settings ${found}, and this package passes ${needed}`;
}
