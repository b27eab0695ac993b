// The one place that knows which engine a storage URL names: sqlite:PATH, a file, or
// postgresql://..., a server that many nodes share. Only src/app and tests ask it.
#pragma once

#include "storage/sql/connection.h"
#include "storage/store.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace storage {

// What is wrong with a storage URL, as a sentence without a subject ("must be ..."); nothing: it
// may be opened. Never quotes it: it may hold a password.
std::optional<std::string> fault_of_storage_url(const std::string& url);

// Makes the file where it is missing and brings the schema up to date. `connections`: how many this
// process may have. Throws core::Unavailable.
std::unique_ptr<Store> open(const std::string& url, std::size_t connections = 16);

enum class Use {
    read,  // what is there; nothing is made, changed or brought up to date
    write, // made if it is not there; its schema is the caller's business
};

// The bare driver, for who copies or examines a database. Throws core::Unavailable.
std::unique_ptr<sql::Connection> connect(const std::string& url, Use use);

// A new SQLite file that is written as a whole, before anybody else knows of it. Throws
// core::Unavailable.
std::unique_ptr<sql::Connection> connect_to_new_file(const std::string& path);

} // namespace storage
