// The command line, nothing else.
#include "core/unavailable.h"
#include "src/app/care_commands.h"
#include "src/app/check_command.h"
#include "src/app/commands.h"
#include "src/app/config.h"
#include "src/app/history_commands.h"
#include "src/app/import_command.h"
#include "src/app/mail_commands.h"
#include "src/app/serve.h"
#include "src/app/team_commands.h"

#include <CLI/CLI.hpp>
#include <sysexits.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <utility>

namespace {

using Run = std::function<int(app::Config)>;

std::string read_password() {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    return line;
}

// A command that works on the store.
Run with_practice(std::function<int(app::Practice&, app::Streams)> command) {
    return [command = std::move(command)](app::Config config) {
        core::set_log_level(core::LogLevel::warning);
        const auto practice = app::open_practice(std::move(config));
        app::follow_last_server(*practice);
        return command(*practice, {std::cout, std::cerr});
    };
}

app::Console console() {
    return {std::cin, ::isatty(STDERR_FILENO) == 1};
}

// A command that works below the store, on whole databases.
Run with_console(
    std::function<int(const app::Config&, const app::Console&, app::Streams)> command) {
    return [command = std::move(command)](const app::Config& config) {
        core::set_log_level(core::LogLevel::warning);
        return command(config, console(), {std::cout, std::cerr});
    };
}

struct Arguments {
    std::size_t mails_listed = 1'000;
    app::Overrides overrides;
    domain::NewAccount account;
    std::string login;
    std::string subject;
    app::SessionOptions sessions;
    app::RestoreOptions restore;
    app::HistoryOptions history;
    app::UndeleteOptions undelete;
    app::ImportOptions import;
    app::GroupOptions group;
    app::DelegateOptions delegate;
    std::string backup_file;
    std::string copy_from;
    std::string copy_to;
    bool revoke = false;
    bool password_stdin = false;
    std::string recipient;
    int failure_code = 1; // when nothing could be done
};

CLI::App* add_command(CLI::App& parent, Arguments& arguments, const std::string& name,
                      const std::string& help) {
    CLI::App* const command = parent.add_subcommand(name, help);
    command->add_option("--config", arguments.overrides.config_file, "Configuration file (TOML)");
    command->add_option("--data", arguments.overrides.data_folder, "Data folder");
    return command;
}

void add_user_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const user = program.add_subcommand("user", "Accounts");
    user->require_subcommand(1);

    CLI::App* const add = add_command(*user, arguments, "add", "Make an account");
    add->add_option("LOGIN", arguments.account.login)->required();
    add->add_option("--name", arguments.account.name, "Name that patients see")->required();
    add->add_option("--email", arguments.account.email, "Calendar address")->required();
    add->add_flag("--admin", arguments.account.admin, "Administrator");
    add->add_option("--kind", arguments.account.kind,
                    "person, or room or resource, which answer invitations by themselves")
        ->transform(CLI::Transformer(std::map<std::string, storage::AccountKind>{
            {"person", storage::AccountKind::individual},
            {"room", storage::AccountKind::room},
            {"resource", storage::AccountKind::resource}}));
    add->add_flag("--password-stdin", arguments.password_stdin,
                  "Read the password from standard input")
        ->required();
    add->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            arguments.account.password = read_password();
            return app::add_user(practice, arguments.account, streams);
        });
    });

    add_command(*user, arguments, "list", "List the accounts")->callback([&] {
        run = with_practice([](app::Practice& practice, app::Streams streams) {
            return app::list_users(practice, streams);
        });
    });

    CLI::App* const passwd = add_command(*user, arguments, "passwd", "Change a password");
    passwd->add_option("LOGIN", arguments.login)->required();
    passwd
        ->add_flag("--password-stdin", arguments.password_stdin,
                   "Read the password from standard input")
        ->required();
    passwd->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::change_password(practice, arguments.login, read_password(), streams);
        });
    });

    for (const bool disabled : {true, false}) {
        CLI::App* const command =
            add_command(*user, arguments, disabled ? "disable" : "enable",
                        disabled ? "Let an account in no more" : "Let a disabled account in again");
        command->add_option("LOGIN", arguments.login)->required();
        command->callback([&arguments, &run, disabled] {
            run = with_practice(
                [&arguments, disabled](app::Practice& practice, app::Streams streams) {
                    return app::disable_user(practice, arguments.login, disabled, streams);
                });
        });
    }
}

void add_session_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const sessions = add_command(program, arguments, "sessions",
                                           "List coming sessions with every participant's link");
    sessions->add_option("--host", arguments.sessions.host, "Only this login's");
    sessions->add_flag("--json", arguments.sessions.json, "As JSON");
    sessions->add_option("--days", arguments.sessions.days, "How far ahead")
        ->capture_default_str()
        ->check(CLI::Range(1, 3'660));
    sessions->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::list_sessions(practice, arguments.sessions, streams);
        });
    });

    CLI::App* const feed =
        add_command(program, arguments, "feed", "Print the feed address of a login or an address");
    feed->add_option("LOGIN-or-ADDRESS", arguments.subject)->required();
    feed->add_flag("--revoke", arguments.revoke, "Make a new address; the old one dies");
    feed->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::print_feed(practice, arguments.subject, arguments.revoke, streams);
        });
    });
}

void add_care_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const backup =
        add_command(program, arguments, "backup", "Write everything but the key into one file");
    backup->add_option("FILE", arguments.backup_file, "Must not be there")->required();
    backup->callback([&] {
        run = with_console(
            [&](const app::Config& config, const app::Console& console, app::Streams streams) {
                return app::back_up(config, arguments.backup_file, console, streams);
            });
    });

    CLI::App* const restore =
        add_command(program, arguments, "restore", "Replace everything by a backup");
    restore->add_option("FILE", arguments.restore.file)->required();
    restore->add_flag("--yes", arguments.restore.yes, "Do not ask");
    restore->callback([&] {
        run = with_console(
            [&](const app::Config& config, const app::Console& console, app::Streams streams) {
                return app::restore(config, arguments.restore, console, streams);
            });
    });

    CLI::App* const copy = add_command(program, arguments, "copy",
                                       "Copy everything to another storage, which must be empty");
    copy->add_option("FROM", arguments.copy_from, "Storage URL")->required();
    copy->add_option("TO", arguments.copy_to, "Storage URL")->required();
    copy->callback([&] {
        run = with_console(
            [&](const app::Config&, const app::Console& console, app::Streams streams) {
                return app::copy_storage(arguments.copy_from, arguments.copy_to, console, streams);
            });
    });
}

void add_check_commands(CLI::App& program, Arguments& arguments, Run& run) {
    add_command(program, arguments, "check", "Read everything and name what is wrong with it")
        ->callback([&] {
            run = with_console([](const app::Config& config, const app::Console&,
                                  app::Streams streams) { return app::check(config, streams); });
        });
    add_command(program, arguments, "reindex", "Compute the index of all events again")
        ->callback([&] {
            run = with_practice([](app::Practice& practice, app::Streams streams) {
                return app::reindex(practice, console(), streams);
            });
        });
}

void add_history_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const history = add_command(
        program, arguments, "history", "List what events were before they were changed or deleted");
    history->add_option("LOGIN", arguments.history.login)->required();
    history->add_option("--calendar", arguments.history.calendar, "Only this one, by its name");
    history->add_option("--uid", arguments.history.uid, "Only this event");
    history->add_option("--newest", arguments.history.newest, "How many")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000));
    history->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::list_history(practice, arguments.history, streams);
        });
    });

    CLI::App* const undelete =
        add_command(program, arguments, "undelete", "Put a former version of an event back");
    undelete->add_option("VERSION", arguments.undelete.version, "As history lists it")->required();
    undelete->add_option("--calendar", arguments.undelete.calendar,
                         "Into this one of the same account, by its name");
    undelete->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::undelete(practice, arguments.undelete, streams);
        });
    });
}

void add_import_command(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const import =
        add_command(program, arguments, "import", "Bring a file of events into a calendar");
    import->add_option("LOGIN", arguments.import.login)->required();
    import->add_option("FILE", arguments.import.file, "iCalendar (.ics)")->required();
    import->add_option("--calendar", arguments.import.calendar, "Its name")->capture_default_str();
    import->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::import_file(practice, arguments.import, console(), streams);
        });
    });
}

void add_mail_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const mail = program.add_subcommand("mail", "Mail to guests");
    mail->require_subcommand(1);
    CLI::App* const queue =
        add_command(*mail, arguments, "queue", "List what waits to be sent and what failed");
    queue->add_option("--first", arguments.mails_listed, "How many")
        ->capture_default_str()
        ->check(CLI::Range(1, 100'000));
    queue->callback([&] {
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::list_mail_queue(practice, arguments.mails_listed, streams);
        });
    });
}

// A command on one group, or on one of its members.
CLI::App* add_group_command(CLI::App& parent, Arguments& arguments, Run& run,
                            const std::string& name, const std::string& help,
                            int (*command)(app::Practice&, const app::GroupOptions&,
                                           app::Streams)) {
    CLI::App* const added = add_command(parent, arguments, name, help);
    added->add_option("GROUP", arguments.group.group)->required();
    added->callback([&arguments, &run, command] {
        run = with_practice([&arguments, command](app::Practice& practice, app::Streams streams) {
            return command(practice, arguments.group, streams);
        });
    });
    return added;
}

void add_team_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const group = program.add_subcommand("group", "Groups of accounts");
    group->require_subcommand(1);
    add_group_command(*group, arguments, run, "add", "Make a group", app::add_group)
        ->add_option("--name", arguments.group.name, "Name that people see");
    add_group_command(*group, arguments, run, "remove", "Remove a group and what it was granted",
                      app::remove_group);
    add_command(*group, arguments, "list", "List the groups and their members")->callback([&] {
        run = with_practice([](app::Practice& practice, app::Streams streams) {
            return app::list_groups(practice, streams);
        });
    });
    CLI::App* const member = group->add_subcommand("member", "Members of a group");
    member->require_subcommand(1);
    add_group_command(*member, arguments, run, "add", "Put an account into a group",
                      app::add_group_member)
        ->add_option("LOGIN", arguments.group.login)
        ->required();
    add_group_command(*member, arguments, run, "remove", "Take an account out of a group",
                      app::remove_group_member)
        ->add_option("LOGIN", arguments.group.login)
        ->required();

    app::DelegateOptions& options = arguments.delegate;
    CLI::App* const delegate = add_command(program, arguments, "delegate",
                                           "Let others into a login's calendars, or list who may");
    delegate->add_option("LOGIN", options.delegation.login, "Whose calendars")->required();
    CLI::Option* const to = delegate->add_option("--to", options.delegation.to, "LOGIN or GROUP");
    delegate->add_option("--calendar", options.delegation.calendar, "Only this calendar, by name")
        ->needs(to);
    CLI::Option_group* const what = delegate->add_option_group("what");
    for (const auto& [level, help] : {std::pair{"free-busy", "See when they are busy"},
                                      std::pair{"read", "Read events, without links"},
                                      std::pair{"write", "Change events, see links"}}) {
        what->add_flag_callback(
                "--" + std::string(level), [&options, name = level] { options.level = name; }, help)
            ->needs(to);
    }
    what->add_flag("--remove", options.remove, "Take it back")->needs(to);
    what->require_option(0, 1);
    delegate->callback([&] {
        if (!options.delegation.to.empty() && options.level.empty() && !options.remove) {
            throw CLI::RequiredError("One of --free-busy, --read, --write and --remove");
        }
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::delegate(practice, options, streams);
        });
    });
}

void add_deliver_command(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const deliver = add_command(program, arguments, "deliver",
                                          "Take one mail from standard input, for a mail server");
    deliver->add_option("ADDRESS", arguments.recipient, "Whom the envelope names")->required();
    deliver->callback([&] {
        arguments.failure_code = EX_TEMPFAIL; // the mail server keeps the mail and comes again
        run = with_practice([&](app::Practice& practice, app::Streams streams) {
            return app::deliver_mail(practice, arguments.recipient, std::cin, streams);
        });
    });
}

void add_server_commands(CLI::App& program, Arguments& arguments, Run& run) {
    CLI::App* const serve = add_command(program, arguments, "serve", "Run the server");
    serve->add_option("--listen", arguments.overrides.listen, "HOST:PORT");
    serve->callback([&] { run = app::serve; });

    add_command(program, arguments, "check-config", "Check the configuration")->callback([&] {
        run = [](const app::Config&) {
            std::cout << "The configuration is right.\n";
            return 0;
        };
    });
}

} // namespace

int main(int argc, char** argv) {
    CLI::App program("Appointed: a calendar server for scheduled video consultations", "appointed");
    program.require_subcommand(1);
    program.set_version_flag("--version", APPOINTED_VERSION);
    Arguments arguments;
    Run run;
    add_server_commands(program, arguments, run);
    add_user_commands(program, arguments, run);
    add_session_commands(program, arguments, run);
    add_care_commands(program, arguments, run);
    add_check_commands(program, arguments, run);
    add_history_commands(program, arguments, run);
    add_import_command(program, arguments, run);
    add_mail_commands(program, arguments, run);
    add_team_commands(program, arguments, run);
    add_deliver_command(program, arguments, run);
    CLI11_PARSE(program, argc, argv);

    try {
        auto config = app::load_config(arguments.overrides);
        if (!config) {
            std::cerr << "appointed: " << config.error().detail << '\n';
            return arguments.failure_code == 1 ? 2 : arguments.failure_code;
        }
        return run(std::move(*config));
    } catch (const std::exception& error) {
        std::cerr << "appointed: " << error.what() << '\n';
        return arguments.failure_code;
    }
}
