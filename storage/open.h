// The one place that knows which engine a storage URL names. Only src/app and tests ask it.
#pragma once

#include "storage/sql/connection.h"
#include "storage/store.h"

#include <memory>
#include <optional>
#include <string>

namespace storage {

// What is wrong with a storage URL, as a sentence without a subject ("must be ..."); nothing: it
// may be opened. Never quotes it.
std::optional<std::string> fault_of_storage_url(const std::string& url);

// Makes the database where it is missing and brings its schema up to date. Throws
// core::Unavailable.
std::unique_ptr<Store> open(const std::string& url);

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
