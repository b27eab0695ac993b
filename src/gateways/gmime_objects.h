// What all that uses GMime shares: its start, and owners of what it makes.
#pragma once

#include <gmime/gmime.h>

#include <memory>

namespace gateways {

struct Unreference {
    void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unreference>;

struct Free {
    void operator()(char* text) const { g_free(text); }
};

inline void start_gmime() {
    static const bool started = [] {
        g_mime_init();
        return true;
    }();
    (void)started;
}

} // namespace gateways
