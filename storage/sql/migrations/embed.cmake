# cmake -DOUTPUT=FILE -DDIRECTORY=DIR -P embed.cmake: writes the migrations as a C++ table in order of
# number. NNNN_name.sql is for every engine, NNNN_name.ENGINE.sql for one.
file(GLOB files ${DIRECTORY}/*.sql)
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
    get_filename_component(base ${file} NAME)
    if(NOT base MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)(\\.([a-z]+))?\\.sql$")
        message(FATAL_ERROR "${base} is not named NNNN_name.sql or NNNN_name.ENGINE.sql")
    endif()
    set(name ${CMAKE_MATCH_2})
    set(engine "${CMAKE_MATCH_4}")
    string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
    file(READ ${file} text)
    string(APPEND rows "    {${number}, \"${name}\", \"${engine}\", R\"migration(${text})migration\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"storage/sql/migrate.h\"

namespace storage::sql {

namespace {
constexpr Migration table[] = {
${rows}};
} // namespace

std::span<const Migration> migrations() { return table; }

} // namespace storage::sql
")
