// Every committed record of the topics that begin with PREFIX, a JSON line each into FILE; bytes as base64. By Kafka's own consumer. java -cp "LIBS/*" ReadCommitted.java BROKERS PREFIX FILE
import java.io.PrintWriter;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class ReadCommitted {
  static String base64(byte[] bytes) { return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"'; }

  public static void main(String[] arguments) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var out = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[2])))) {
      List<TopicPartition> partitions = new ArrayList<>();
      consumer.listTopics().forEach((name, infos) -> {
        if (name.startsWith(arguments[1])) for (var info : infos) partitions.add(new TopicPartition(name, info.partition()));
      });
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      Set<TopicPartition> left = new HashSet<>(partitions);
      long giveUpAt = System.nanoTime() + 90_000_000_000L;
      while (true) {
        left.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        if (left.isEmpty()) break;
        if (System.nanoTime() > giveUpAt) throw new IllegalStateException("not read to the end: " + left);
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          StringJoiner headers = new StringJoiner(",", "{", "}");
          for (var header : record.headers()) headers.add('"' + header.key() + "\":" + base64(header.value()));
          out.printf("{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d,\"timestamp\":%d,\"key\":%s,\"value\":%s,\"headers\":%s}%n",
              record.topic().substring(arguments[1].length()), record.partition(), record.offset(), record.timestamp(),
              base64(record.key()), base64(record.value()), headers);
        }
      }
    }
  }
}
