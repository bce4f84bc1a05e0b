// One training, on the calling thread or on a new thread.
#pragma once

#include <napi.h>

#include "arguments.h"

namespace two_layer_net::addon {

// Trains and returns the outcome. An error that `report` throws ends the training and is thrown.
template <class T>
Napi::Object train_on_this_thread(const Argument& call, const Argument& report);

// Starts a thread that trains, and returns a promise of the outcome. An error that `report` throws ends the training
// after the current iteration and rejects the promise.
template <class T>
Napi::Promise train_on_new_thread(const Argument& call, const Argument& report);

extern template Napi::Object train_on_this_thread<float>(const Argument&, const Argument&);
extern template Napi::Object train_on_this_thread<double>(const Argument&, const Argument&);
extern template Napi::Promise train_on_new_thread<float>(const Argument&, const Argument&);
extern template Napi::Promise train_on_new_thread<double>(const Argument&, const Argument&);

}  // namespace two_layer_net::addon
