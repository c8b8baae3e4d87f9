package io.cosell.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The store of the connector under test, seen and filled from outside by SQL. */
final class StoreAccess implements AutoCloseable {

    private final boolean postgres;
    private final Map<String, String> settings;
    private final Connection connection;
    private final Path serverFolder;

    /** A database server of which each store is a database of its own; null for the embedded store. */
    static EmbeddedPostgres server(Path folder) throws IOException {
        // The artifact is made for tests and does not sync; a store does.
        return EmbeddedPostgres.builder().setDataDirectory(folder).setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on").start();
    }

    private StoreAccess(Map<String, String> settings, boolean postgres, Path serverFolder) throws SQLException {
        this.settings = settings;
        this.postgres = postgres;
        this.serverFolder = serverFolder;
        connection = DriverManager.getConnection(settings.get("cosell.store.url"), settings.get("cosell.store.user"), "");
        if (postgres && !(strings("show fsync") + " " + strings("show synchronous_commit")).equals("[on] [on]")) {
            throw new IllegalStateException("The server does not sync; its figures would mean nothing.");
        }
        if (!postgres) {
            run("pragma busy_timeout = 10000");
        }
    }

    static StoreAccess sqlite(Path folder) throws SQLException {
        return new StoreAccess(Map.of("cosell.store.url", "jdbc:sqlite:" + folder.resolve("cosell.db"), "cosell.store.user", ""), false,
            null);
    }

    static StoreAccess postgres(EmbeddedPostgres server, Path serverFolder, String database) throws SQLException {
        try (Connection first = server.getPostgresDatabase().getConnection(); Statement statement = first.createStatement()) {
            statement.execute("create database " + database);
        }
        return new StoreAccess(Map.of("cosell.store.url", server.getJdbcUrl("postgres", database), "cosell.store.user", "postgres"), true,
            serverFolder);
    }

    Map<String, String> settings() {
        return settings;
    }

    // ---- what stands in it

    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    List<String> strings(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (row.next()) {
                found.add(row.getString(1));
            }
            return found;
        }
    }

    Map<String, String> pairs(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            Map<String, String> found = new HashMap<>();
            while (row.next()) {
                found.put(row.getString(1), row.getString(2));
            }
            return found;
        }
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Number of the newest entry in the journal. */
    long journalEnd() throws SQLException {
        return number("select coalesce(max(id), 0) from journal");
    }

    /** Forgets what lanes have to do, for a connector whose lanes stand still. */
    void forgetMarks() throws SQLException {
        run("delete from scheduled_tasks where task_name = 'lane'");
        run("update link set marks_done = marks where marks > marks_done");
    }

    // ---- links

    /** One row of the links, as it stands, to make others from. */
    Map<String, Object> anyLink() throws SQLException {
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("select * from link where state = 'linked' order by id limit 1")) {
            row.next();
            Map<String, Object> columns = new HashMap<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                columns.put(row.getMetaData().getColumnName(i), row.getObject(i));
            }
            return columns;
        }
    }

    void insertLink(Map<String, Object> columns) throws SQLException {
        List<String> names = List.copyOf(columns.keySet());
        try (var statement = connection.prepareStatement("insert into link (" + String.join(", ", names) + ") values ("
            + String.join(", ", names.stream().map(name -> "?").toList()) + ")")) {
            for (int i = 0; i < names.size(); i++) {
                statement.setObject(i + 1, columns.get(names.get(i)));
            }
            statement.executeUpdate();
        }
    }

    /** Makes links like those that are there until there are this many, each with an event and three entries in the journal. */
    void fillTo(int links) throws SQLException {
        long there = number("select count(*) from link");
        if (there >= links) {
            return;
        }
        String random = postgres ? "gen_random_uuid()::text"
            : "lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-'"
            + " || substr(h, 21))";
        String series = "with recursive n(i) as (select " + (there + 1) + " union all select i + 1 from n where i < " + links + ")";
        String ids = postgres ? "select i, " + random + " as referral_id, gen_random_uuid()::text as record_id from n"
            : "select i, " + random + " as referral_id, lower(hex(randomblob(16))) as record_id"
            + " from (select i, hex(randomblob(16)) as h from n)";
        connection.setAutoCommit(false);
        run(series + " insert into link (id, referral_id, engagement_id, record_kind, record_id, state, base, referral, record, marks,"
            + " marks_done, version, created_at, updated_at) select 'filled-' || ids.i, ids.referral_id, 'filled-' || ids.i, 'opportunity',"
            + " ids.record_id, 'linked', base, referral, record, 1, 1, 3, created_at, updated_at from (" + ids + ") as ids,"
            + " (select * from link where state = 'linked' order by id limit 1) as template");
        run("insert into event (fingerprint, source, name, resource_id, received_at, link_id) select 'filled ' || id, 'partner-center',"
            + " 'referral-updated', referral_id, created_at, id from link where id like 'filled-%' on conflict do nothing");
        for (int entry = 0; entry < 3; entry++) {
            run("insert into journal (at, link_id, referral_id, record_id, kind, side, field, old_value, new_value, reason)"
                + " select created_at, id, referral_id, record_id, 'filled', 'crm', '/details/dealValue', '1', '2', 'Changed in Partner Center.'"
                + " from link"
                + " where id like 'filled-%' and cast(substr(id, 8) as integer) > " + there);
        }
        connection.commit();
        connection.setAutoCommit(true);
        run(postgres ? "vacuum analyze" : "pragma wal_checkpoint(truncate)");
    }

    /** Processor time of the database server so far; none for the embedded store. */
    Duration serverTime() throws IOException {
        if (serverFolder == null) {
            return Duration.ZERO;
        }
        long server = Long.parseLong(Files.readAllLines(serverFolder.resolve("postmaster.pid")).get(0));
        return ProcessHandle.of(server).stream().flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
            .map(handle -> handle.info().totalCpuDuration().orElse(Duration.ZERO)).reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
