// The outcome of anything that depends on a caller's input.
//
// Two error channels, no more: a Result for what the caller can get wrong, an exception
// (core/unavailable.h) for an environment that failed. Only the rim of the program catches.
#pragma once

#include "core/condition.h"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace core {

enum class Errc {
    invalid_input,       // 400: the request itself is malformed
    unauthenticated,     // 401
    forbidden,           // 403: understood and refused; with the RFC's condition if it has one
    not_found,           // 404
    method_not_allowed,  // 405
    conflict,            // 409: the parent is missing, or the state forbids it
    gone,                // 410
    precondition_failed, // 412
    too_large,           // 413
    unsupported_type,    // 415
    rate_limited,        // 429
    unsupported,         // 501
    unavailable,         // 503: transient; the caller may come back
    insufficient_storage // 507: a bound on the answer was reached
};

struct Error {
    Errc code = Errc::invalid_input;
    std::string detail;                    // for people: one sentence, no secrets
    Condition condition = Condition::none; // the RFC's precondition element, if it names one
    std::string href;                      // the resource the condition is about, if it needs one
};

template <class T>
using Result = tl::expected<T, Error>;

using Done = Result<void>;

inline tl::unexpected<Error> fail(Errc code, std::string detail,
                                  Condition condition = Condition::none, std::string href = {}) {
    return tl::unexpected<Error>(Error{code, std::move(detail), condition, std::move(href)});
}

} // namespace core

// Unwraps a Result or returns its error from the enclosing function. Not for coroutines: GCC 12
// crashes on a statement expression that holds a co_await.
#define TRY(expression)                                                                            \
    __extension__({                                                                                \
        auto try_result_ = (expression);                                                           \
        if (!try_result_) {                                                                        \
            return tl::unexpected<::core::Error>(std::move(try_result_).error());                  \
        }                                                                                          \
        *std::move(try_result_);                                                                   \
    })

// The same for a Result without a value.
#define TRYV(expression)                                                                           \
    do {                                                                                           \
        auto try_result_ = (expression);                                                           \
        if (!try_result_) {                                                                        \
            return tl::unexpected<::core::Error>(std::move(try_result_).error());                  \
        }                                                                                          \
    } while (false)
