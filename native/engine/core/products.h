// Which matrix products a net computes with.
#pragma once

namespace two_layer_net {

// What the caller asks for. kSimd where the package was built without Highway is an error of the caller's.
enum class Products { kAuto, kSimd, kBlas };

}  // namespace two_layer_net
