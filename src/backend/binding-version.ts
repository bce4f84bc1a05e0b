/**
 * The version of binding.d.ts. It equals kBindingVersion in native/addon/contract.h; raise both with every change to
 * binding.d.ts, so that the loader refuses an addon that was built before the change.
 */
export const BINDING_VERSION = 14;
