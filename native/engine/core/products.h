// How a net computes its matrix products.
#pragma once

namespace two_layer_net {

// The caller's choice. kSimd must not be used if the package was built without Highway.
enum class Products { kAuto, kSimd, kBlas };

}  // namespace two_layer_net
