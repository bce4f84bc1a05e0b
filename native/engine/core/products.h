// Which matrix products a net computes with.
#pragma once

namespace two_layer_net {

// What the caller asks for. kSimd is a caller's error if the package was built without Highway.
enum class Products { kAuto, kSimd, kBlas };

}  // namespace two_layer_net
