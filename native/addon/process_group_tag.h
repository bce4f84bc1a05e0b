// How a process group passes from native/mpi to this addon: as an external value with this tag, which points to an
// engine's ProcessGroup (native/engine/core/process_group.h). Change the tag with that structure.
#pragma once

#include <node_api.h>

namespace two_layer_net::addon {

inline constexpr napi_type_tag kProcessGroupTag = {0x74776f6c61796572, 0x6d70692d67723031};

}  // namespace two_layer_net::addon
