import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.apache.activemq.ActiveMQConnectionFactory;

/** The stock client as the yardstick: `throughput N` answers messages a second, `latency N` the median and the 99th percentile in ms. */
public class Bench {
  private static int turn;

  public static void main(String[] arguments) throws Exception {
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(arguments[0]);
    Connection sending = factory.createConnection();
    Connection receiving = factory.createConnection();
    sending.start();
    receiving.start();
    System.out.println("READY");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      int count = Integer.parseInt(words[1]);
      if (words[0].equals("throughput")) throughput(sending, receiving, count);
      else latency(sending, receiving, count);
    }
    System.exit(0);
  }

  private static void throughput(Connection sending, Connection receiving, int count) throws Exception {
    String name = "JAVA." + turn++;
    Session to = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Session from = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageConsumer consumer = from.createConsumer(from.createQueue(name));
    CountDownLatch done = new CountDownLatch(count);
    consumer.setMessageListener(message -> done.countDown());
    MessageProducer producer = to.createProducer(to.createQueue(name));
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    char[] body = new char[1024];
    Arrays.fill(body, 'x');
    String text = new String(body);
    long started = System.nanoTime();
    for (int index = 0; index < count; index++) producer.send(to.createTextMessage(text));
    done.await();
    System.out.println("RESULT " + count / ((System.nanoTime() - started) / 1e9));
    to.close();
    from.close();
  }

  private static void latency(Connection sending, Connection receiving, int count) throws Exception {
    String name = "JAVA." + turn++;
    Session answering = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer answers = answering.createProducer(null);
    answers.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    answering.createConsumer(answering.createQueue(name)).setMessageListener(message -> {
      try {
        TextMessage answer = answering.createTextMessage(((TextMessage) message).getText());
        answer.setJMSCorrelationID(message.getJMSCorrelationID());
        answers.send(message.getJMSReplyTo(), answer);
      } catch (javax.jms.JMSException error) {
        System.err.println(error);
      }
    });
    Session asking = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Queue replies = asking.createTemporaryQueue();
    MessageConsumer consumer = asking.createConsumer(replies);
    MessageProducer producer = asking.createProducer(asking.createQueue(name));
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    double[] times = new double[count];
    for (int index = 0; index < count; index++) {
      TextMessage request = asking.createTextMessage("ping");
      request.setJMSReplyTo(replies);
      request.setJMSCorrelationID("c" + index);
      long started = System.nanoTime();
      producer.send(request);
      consumer.receive();
      times[index] = (System.nanoTime() - started) / 1e6;
    }
    Arrays.sort(times);
    System.out.println("RESULT " + times[count / 2] + " " + times[count * 99 / 100]);
    asking.close();
    answering.close();
  }
}
