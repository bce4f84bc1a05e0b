// A net that is kept ready for predictions: PreparedNet in binding.d.ts.
#pragma once

#include <napi.h>

#include "argument.h"

namespace two_layer_net::addon {

// An object with the functions of binding.d.ts. Its memory and threads are freed when it is closed, or when the
// functions were garbage collected.
template <class T>
Napi::Object prepare(const Argument& net, const Argument& rows, const Argument& mean);

extern template Napi::Object prepare<float>(const Argument&, const Argument&, const Argument&);
extern template Napi::Object prepare<double>(const Argument&, const Argument&, const Argument&);

}  // namespace two_layer_net::addon
