// The version of binding.d.ts that this addon implements. It equals BINDING_VERSION in src/backend/binding-version.ts;
// raise both with every change to binding.d.ts, so that the loader rejects an addon that was built before the change.
#pragma once

namespace two_layer_net::addon {

inline constexpr int kBindingVersion = 14;

}  // namespace two_layer_net::addon
