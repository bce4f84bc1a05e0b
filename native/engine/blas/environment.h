// Which kernels OpenBLAS takes for this processor, and why. It takes them once, while it is loaded, by the environment
// variable OPENBLAS_CORETYPE or else by a list of processors that ends with the year of its release.
#pragma once

#include <string>

namespace two_layer_net {

// The kernels of OpenBLAS that fit a processor, and the feature that calls for them; both empty where they are best
// left to OpenBLAS.
struct FittingKernels {
  const char* core;     // as OPENBLAS_CORETYPE names them
  const char* feature;  // in words
};

// Those of the processor that this runs on. Touches no object that must be initialised first.
FittingKernels fitting_kernels();

// What there is to tell of how a loaded OpenBLAS came by its kernels.
struct KernelsTaken {
  FittingKernels fitting;
  std::string by_user;  // OPENBLAS_CORETYPE in the environment when OpenBLAS was loaded; empty for none
  bool picked;          // whether OpenBLAS was told to take the fitting ones
  bool has_others;      // whether this build of OpenBLAS has more than one processor's kernels
  std::string kernels;  // those that it took, by its own name for them
  bool refused = false; // whether OpenBLAS was not told of by_user, whose kernels this processor cannot run
};

// Why OpenBLAS has the kernels that it has, in words; says so where they are older than the processor, and what to do.
std::string core_reason(const KernelsTaken& choice);

// Whether OpenBLAS runs kernels that were written for an older processor than this one.
bool is_core_older(const KernelsTaken& choice);

// What there is to tell of the OpenBLAS that the engine calls.
KernelsTaken kernels_taken(const std::string& kernels, bool has_others);

}  // namespace two_layer_net
