package io.cosell;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.camel.component.quartz.QuartzComponent;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * Quartz for several processes on one PostgreSQL: its schedules are rows of the store, and each turn is taken by one process. A process
 * that stops or is stopped loses its turns to the others.
 */
final class Schedules {

    /** How often a process says that it lives, in milliseconds; Quartz gives it up 7.5 seconds after it should have. */
    private static final String CHECK_IN = "5000";
    /** A turn that is late by more than this, in milliseconds, is left out; the next one does its work, for all start from marks. */
    private static final String TOO_LATE = "60000";
    /** The flows with a schedule are five, and wait for other systems most of the time. */
    private static final String THREADS = "5";

    private Schedules() {
    }

    /**
     * @param dataSource pool of the store; it stays the caller's to close
     * @param process    name of this process, different from that of any other
     * @return the component for the registry
     */
    static QuartzComponent shared(DataSource dataSource, String process) {
        DBConnectionManager.getInstance().addConnectionProvider(process, new ConnectionProvider() {
            @Override
            public Connection getConnection() throws SQLException {
                return dataSource.getConnection();
            }

            @Override
            public void shutdown() {
                // The pool belongs to the store.
            }

            @Override
            public void initialize() {
                // The pool is open already.
            }
        });
        Map<String, Object> properties = new HashMap<>();
        properties.put("org.quartz.scheduler.instanceName", "cosell");
        properties.put("org.quartz.scheduler.instanceId", process);
        properties.put("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        properties.put("org.quartz.threadPool.threadCount", THREADS);
        properties.put("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        properties.put("org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.put("org.quartz.jobStore.dataSource", process);
        properties.put("org.quartz.jobStore.tablePrefix", "QRTZ_");
        properties.put("org.quartz.jobStore.isClustered", "true");
        properties.put("org.quartz.jobStore.clusterCheckinInterval", CHECK_IN);
        properties.put("org.quartz.jobStore.misfireThreshold", TOO_LATE);
        QuartzComponent quartz = new QuartzComponent();
        quartz.setProperties(properties);
        return quartz;
    }
}
