// One training, on the calling thread or on a new thread.
#pragma once

#include <napi.h>

#include "arguments.h"

namespace two_layer_net::addon {

// Trains and returns the outcome. If `report` throws, the training ends and the error is rethrown.
template <class T>
Napi::Object train_on_this_thread(const Argument& call, const Argument& report);

// Starts a training thread and returns a promise of the outcome. If `report` throws, the training ends after the
// current iteration and the promise is rejected with the error.
template <class T>
Napi::Promise train_on_new_thread(const Argument& call, const Argument& report);

extern template Napi::Object train_on_this_thread<float>(const Argument&, const Argument&);
extern template Napi::Object train_on_this_thread<double>(const Argument&, const Argument&);
extern template Napi::Promise train_on_new_thread<float>(const Argument&, const Argument&);
extern template Napi::Promise train_on_new_thread<double>(const Argument&, const Argument&);

}  // namespace two_layer_net::addon
