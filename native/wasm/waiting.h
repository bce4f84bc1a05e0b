// Whether the calling thread may sleep until memory changes. The main thread of a page may not.
#pragma once

namespace two_layer_net {

void allow_sleep();

}  // namespace two_layer_net
