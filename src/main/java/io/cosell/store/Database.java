package io.cosell.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Opens the database of the store and brings its tables up to date. SQLite in a file is the default (write-ahead log, every commit
 * synced); a PostgreSQL URL moves the store there.
 */
public final class Database {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String SQLITE = "jdbc:sqlite:";
    private static final int POOL_SIZE = 12;

    private Database() {
    }

    /** Whether several processes may serve on the database of this URL at a time. */
    public static boolean isShared(String url) {
        return !url.startsWith(SQLITE);
    }

    /**
     * @param url      JDBC URL, {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://...}
     * @param user     user name, null or empty for none
     * @param password password, null or empty for none
     * @return the pool; the caller closes it
     * @throws IllegalStateException if it can't be opened or brought up to date; says which store, why, and what to look at
     */
    public static HikariDataSource open(String url, String user, String password) {
        try {
            return opened(url, user, password);
        } catch (HikariPool.PoolInitializationException e) {
            throw new IllegalStateException(cannotBeOpened(url) + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        } catch (FlywayException e) {
            throw new IllegalStateException(cannotBeOpened(url) + ", because it can't be brought up to date: " + e.getMessage(), e);
        }
    }

    /** Without the parameters of the address: a password may be among them. */
    private static String cannotBeOpened(String url) {
        return "The store can't be opened (cosell.store.url = " + url.replaceFirst("\\?.*", "") + "). Look whether "
            + (isShared(url) ? "its server runs, and whether cosell.store.user and cosell.store.password are right"
                : "the file is a store of the connector's, and whether its disk has space");
    }

    private static HikariDataSource opened(String url, String user, String password) {
        boolean sqlite = !isShared(url);
        if (sqlite) {
            makeFile(url);
        }
        HikariConfig config = sqlite ? sqlite(url) : pool(url, POOL_SIZE);
        if (!sqlite) {
            // What is acknowledged is on disk, whatever the server's default: off would lose the last commits with the server.
            config.setConnectionInitSql("select set_config('synchronous_commit', 'on', false)"
                + " where current_setting('synchronous_commit') = 'off'");
        }
        if (user != null && !user.isEmpty()) {
            config.setUsername(user);
            config.setPassword(password);
        }
        HikariDataSource dataSource = sqlite ? new EmbeddedDataSource(config) : new HikariDataSource(config);
        if (!sqlite) {
            warnIfNotDurable(dataSource);
        }
        Flyway.configure(Database.class.getClassLoader())
            .dataSource(dataSource)
            .locations(sqlite ? new String[] {"classpath:db"} : new String[] {"classpath:db", "classpath:db-postgresql"})
            .placeholders(sqlite
                ? Map.of("identity", "integer primary key autoincrement", "bytes", "blob", "timestamp", "timestamp", "flag", "bit")
                : Map.of("identity", "bigint generated always as identity primary key", "bytes", "bytea",
                    "timestamp", "timestamp with time zone", "flag", "boolean"))
            .load()
            .migrate();
        return dataSource;
    }

    /**
     * What lanes are called, picked and ended on. On SQLite these commits are not synced one by one. When the machine loses power, some of
     * the last may be missing, and the store knows better: a mark whose call is missing is found at the start, and a lane whose end is
     * missing runs once more and finds nothing to do.
     *
     * @param store what {@link #open} gave; nothing else has to be closed
     */
    public static DataSource forLanes(DataSource store) {
        return store instanceof EmbeddedDataSource embedded ? embedded.unsynced() : store;
    }

    private static HikariConfig sqlite(String url) {
        HikariConfig config = pool(url, 1);
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("busy_timeout", "10000");
        config.addDataSourceProperty("foreign_keys", "true");
        // A transaction that reads before it writes must not find the write lock taken half-way.
        config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        // Nobody asks for them; the driver would look them up after each statement.
        config.addDataSourceProperty("jdbc.get_generated_keys", "false");
        return config;
    }

    private static HikariConfig pool(String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("store");
        config.setMaximumPoolSize(connections);
        config.setJdbcUrl(url);
        return config;
    }

    /** Without fsync and full pages a server that loses power loses what it said was committed; no session can change that. */
    private static void warnIfNotDurable(DataSource dataSource) {
        List<String> off = JdbcClient.create(dataSource)
            .sql("select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name")
            .query(String.class).list();
        if (!off.isEmpty()) {
            LOG.warn("The PostgreSQL server of the store runs with {} = off: events that were acknowledged can be lost when it loses power."
                + " Set it to on in its postgresql.conf.", String.join(" and ", off));
        }
    }

    /** SQLite takes an empty file for a new database, and gives its other files the same permissions. */
    private static void makeFile(String url) {
        Path file = Path.of(url.substring(SQLITE.length()).replaceFirst("\\?.*", ""));
        try {
            DataFolder.makeFile(file);
        } catch (IOException e) {
            throw new IllegalStateException("The file of the store, " + file + ", can't be made (" + e.getClass().getSimpleName()
                + "). Look whether it may be written there, or set cosell.store.url to another file.", e);
        }
    }
}
